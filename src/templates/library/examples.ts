import { type BuiltInTemplate, choice, needed, oneOf, wished } from './built-in.ts';
import { LANGUAGES } from './development.ts';
import { SCOPES } from './trades.ts';

const PROJECT: BuiltInTemplate = {
  id: 'basic_project_setup',
  group: 'examples',
  metadata: {
    name: 'Basic project setup',
    title: 'Set up {{project_name}}',
    description: 'The first files of a {{project_type}} project in {{language}}.',
    tags: ['project', 'conditions'],
  },
  parameters: {
    project_name: needed('What the project is called', { pattern: '^[A-Za-z][A-Za-z0-9_-]*$' }),
    project_type: oneOf('What it is', ['web', 'api', 'library', 'cli', 'desktop', 'mobile']),
    language: oneOf('What it is written in', LANGUAGES),
    include_tests: choice('Whether tests are set up', true),
    include_docs: choice('Whether documentation is begun', true),
  },
  tasks: {
    project_initialization: {
      title: '{{project_name}} can be built',
      specialist_type: 'architect',
      description: 'See that the parts fit, and that a fresh clone builds.',
      children: {
        create_directory_structure: {
          title: 'Folders',
          specialist_type: 'implementer',
          description: 'The layout that is usual for a {{project_type}} in {{language}}.',
        },
        setup_build_system: {
          title: 'Build',
          specialist_type: 'implementer',
          description: 'Build and dependencies, by the usual tools of {{language}}.',
          dependencies: ['create_directory_structure'],
        },
        create_initial_files: {
          title: 'First files',
          specialist_type: 'implementer',
          description: 'README, licence, and what version control leaves out.',
          dependencies: ['create_directory_structure'],
        },
      },
    },
    setup_tests: {
      title: 'Tests',
      specialist_type: 'tester',
      description: 'A runner, and one test that can fail.',
      dependencies: ['project_initialization'],
      when: 'include_tests',
    },
    setup_docs: {
      title: 'Documentation',
      specialist_type: 'documenter',
      description: 'How to install it, use it, and take part.',
      dependencies: ['project_initialization'],
      when: 'include_docs',
    },
  },
};

const REVIEW: BuiltInTemplate = {
  id: 'code_review_process',
  group: 'examples',
  metadata: {
    name: 'Code review',
    title: 'Review of {{pr_number}}',
    description: 'A {{review_type}} review of {{pr_number}} by {{reviewer_name}}.',
    tags: ['review', 'children'],
  },
  parameters: {
    pr_number: needed('Which change', { pattern: '^[A-Za-z0-9_-]+$' }),
    reviewer_name: needed('Who answers for the review'),
    review_type: oneOf('What to look at most', [
      ...['standard', 'security', 'performance', 'architecture'],
    ]),
    urgency: oneOf('How urgent it is', ['low', 'normal', 'high', 'critical'], 'normal'),
  },
  tasks: {
    code_review_process: {
      title: 'Judge {{pr_number}}',
      specialist_type: 'reviewer',
      description: 'Weigh what the parts found, and say what must change, with reasons.',
      priority: '{{urgency}}',
      children: {
        initial_assessment: {
          title: 'What it changes',
          specialist_type: 'researcher',
          description: 'Its purpose, its reach, and whether it is small enough to review.',
          priority: '{{urgency}}',
        },
        code_quality_check: {
          title: 'Quality',
          specialist_type: 'reviewer',
          description: 'Correctness first, then clarity, names and structure.',
          dependencies: ['initial_assessment'],
          priority: '{{urgency}}',
        },
        security_analysis: {
          title: 'Security',
          specialist_type: 'reviewer',
          description: 'Every input that it takes, followed to where it is used.',
          dependencies: ['initial_assessment'],
          when: { review_type: ['standard', 'security'] },
          priority: '{{urgency}}',
        },
        performance_check: {
          title: 'Performance',
          specialist_type: 'reviewer',
          description: 'What grows with what; measured, not guessed.',
          dependencies: ['initial_assessment'],
          when: { review_type: 'performance' },
          priority: '{{urgency}}',
        },
        test_coverage_review: {
          title: 'Tests',
          specialist_type: 'tester',
          description: 'Would a test fail if the change were wrong?',
          dependencies: ['initial_assessment'],
        },
        documentation_check: {
          title: 'Documentation',
          specialist_type: 'documenter',
          description: 'Is what users and maintainers must know said, and still true?',
          dependencies: ['initial_assessment'],
        },
      },
    },
  },
};

const BUG: BuiltInTemplate = {
  id: 'bug_investigation',
  group: 'examples',
  metadata: {
    name: 'Bug investigation',
    title: 'Bug {{bug_id}}',
    description: 'A bug of {{severity}} severity in {{component}}, reported by {{reporter}}.',
    tags: ['bug', 'order'],
  },
  parameters: {
    bug_id: needed('How the bug is known'),
    severity: oneOf('How bad it is', ['critical', 'high', 'medium', 'low']),
    component: needed('Where it shows'),
    reporter: wished('Who reported it', { default: 'unknown' }),
  },
  tasks: {
    reproduce_issue: {
      title: 'Reproduce {{bug_id}}',
      specialist_type: 'tester',
      description: 'The smallest case in which {{component}} fails, as a test if it can be one.',
      priority: '{{severity}}',
    },
    analyze_root_cause: {
      title: 'Find the cause',
      specialist_type: 'debugger',
      description: 'Why it happens, since when, and where else the same may happen.',
      dependencies: ['reproduce_issue'],
      priority: '{{severity}}',
    },
    design_fix: {
      title: 'Choose a fix',
      specialist_type: 'architect',
      description: 'One that removes the cause and breaks nothing that others rely on.',
      dependencies: ['analyze_root_cause'],
      priority: '{{severity}}',
    },
    implement_fix: {
      title: 'Fix {{bug_id}}',
      specialist_type: 'implementer',
      description: 'The fix, and the test that failed before it.',
      dependencies: ['design_fix'],
      priority: '{{severity}}',
      acceptance: ['The test fails without the fix'],
    },
    test_fix: {
      title: 'Try what it may have broken',
      specialist_type: 'tester',
      description: 'All tests, and by hand whatever uses {{component}}.',
      dependencies: ['implement_fix'],
      priority: '{{severity}}',
    },
  },
};

const RESEARCH: BuiltInTemplate = {
  id: 'research_base',
  group: 'examples',
  metadata: {
    name: 'Research',
    title: 'Research: {{research_topic}}',
    description: 'What can be known about {{research_topic}}. Due: {{deadline}}.',
    tags: ['research', 'to be extended'],
  },
  parameters: {
    research_topic: needed('What is to be found out'),
    deadline: wished('Until when (YYYY-MM-DD)', { pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
  },
  tasks: {
    literature_review: {
      title: 'Read what is known',
      specialist_type: 'researcher',
      description: 'Sources on {{research_topic}}, and how far each can be trusted.',
    },
    data_collection: {
      title: 'Collect evidence',
      specialist_type: 'researcher',
      description: 'What the sources do not say: measure, ask, count.',
      dependencies: ['literature_review'],
    },
    analysis: {
      title: 'Weigh it',
      specialist_type: 'researcher',
      description: 'What follows, what contradicts it, and how sure it is.',
      dependencies: ['data_collection'],
    },
    documentation: {
      title: 'Write it up',
      specialist_type: 'documenter',
      description: 'Question, answer, evidence, limits.',
      dependencies: ['analysis'],
    },
  },
};

const MARKET: BuiltInTemplate = {
  id: 'market_research',
  group: 'examples',
  metadata: {
    name: 'Market research, as an extension',
    title: 'Market of {{market_segment}}: {{research_topic}}',
    description: 'Research that goes into one market: {{market_segment}}.',
    tags: ['market', 'extends'],
    extends: 'research_base',
  },
  parameters: {
    market_segment: needed('The market, or the part of it'),
    geographic_scope: oneOf('How far it reaches', SCOPES),
    budget_range: wished('What it may cost'),
  },
  tasks: {
    competitor_analysis: {
      title: 'Who is there',
      specialist_type: 'researcher',
      description: 'Who serves {{market_segment}} ({{geographic_scope}}), how, and at what price.',
      dependencies: ['literature_review'],
    },
    market_sizing: {
      title: 'How large it is',
      specialist_type: 'researcher',
      description: 'Size and growth, by two ways that do not rest on each other.',
      dependencies: ['literature_review'],
    },
    analysis: {
      title: 'Weigh it',
      specialist_type: 'researcher',
      description: 'What the market wants and does not get. Budget: {{budget_range}}.',
      dependencies: ['data_collection', 'competitor_analysis', 'market_sizing'],
    },
  },
};

export const EXAMPLES: readonly BuiltInTemplate[] = [PROJECT, REVIEW, BUG, RESEARCH, MARKET];
