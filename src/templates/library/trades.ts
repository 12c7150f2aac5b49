import {
  amount,
  type BuiltInTemplate,
  choice,
  needed,
  oneOf,
  several,
  wished,
} from './built-in.ts';

export const SCOPES = ['local', 'regional', 'national', 'international', 'global'] as const;

const MARKET: BuiltInTemplate = {
  id: 'market_research_analysis',
  group: 'research',
  metadata: {
    name: 'Market research',
    title: 'Market research: {{market_segment}}',
    description: 'What is known, and what can be found out, about {{market_segment}}.',
    tags: ['research', 'market'],
    complexity: 'complex',
  },
  parameters: {
    market_segment: needed('The market, or the part of it'),
    geographic_scope: oneOf('How far it reaches', SCOPES, 'national'),
    research_objectives: several('What is to be decided by the answers'),
    budget_range: wished('What it may cost'),
    include_interviews: choice('Whether people are asked', true),
    timeline_weeks: amount('How many weeks there are', [1, 52], 6),
  },
  tasks: {
    define_scope: {
      title: 'Say what is asked about {{market_segment}}',
      specialist_type: 'coordinator',
      description:
        'Questions, borders ({{geographic_scope}}) and what would answer them, ' +
        'within {{timeline_weeks}} weeks. Budget: {{budget_range}}. ' +
        'To decide: {{research_objectives}}.',
    },
    secondary_research: {
      title: 'Read what is there',
      specialist_type: 'researcher',
      description: 'Reports, figures and their sources, with how far each can be trusted.',
      dependencies: ['define_scope'],
      acceptance: ['Each figure has its source and its date'],
    },
    competitive_analysis: {
      title: 'Look at who is there already',
      specialist_type: 'researcher',
      description: 'Who serves {{market_segment}}, how, at what price, and what users say of it.',
      dependencies: ['define_scope'],
    },
    primary_research: {
      title: 'Ask people',
      specialist_type: 'researcher',
      description: 'Whom to ask, what, and what they said; questions that do not lead.',
      dependencies: ['secondary_research'],
      when: 'include_interviews',
    },
    data_analysis: {
      title: 'See what it says',
      specialist_type: 'researcher',
      description: 'Size, growth, needs and gaps; what contradicts what, and how sure it is.',
      dependencies: ['secondary_research', 'competitive_analysis', 'primary_research'],
    },
    report: {
      title: 'Report on {{market_segment}}',
      specialist_type: 'documenter',
      description: 'The answers, the evidence for each, and what to do; one page first.',
      dependencies: ['data_analysis'],
      acceptance: ['Each question has an answer, or says why there is none'],
    },
  },
};

const CONTENT_TYPES = [
  ...['blog_post', 'article', 'whitepaper', 'case_study', 'tutorial'],
  ...['video_script', 'podcast_episode'],
];

const CONTENT: BuiltInTemplate = {
  id: 'content_creation_workflow',
  group: 'creative',
  metadata: {
    name: 'Content creation',
    title: '{{content_type}}: {{content_topic}}',
    description: 'A {{content_type}} about {{content_topic}} for {{target_audience}}.',
    tags: ['content', 'writing'],
    complexity: 'moderate',
  },
  parameters: {
    content_type: oneOf('What is to be made', CONTENT_TYPES),
    content_topic: needed('What it is about'),
    target_audience: needed('Who is to read, see or hear it'),
    content_length: oneOf('How long it is', ['short', 'medium', 'long', 'comprehensive'], 'medium'),
    publication_platform: wished('Where it appears'),
    seo_focus: choice('Whether it is to be found by search engines', true),
  },
  tasks: {
    content_strategy: {
      title: 'Say what it is for',
      specialist_type: 'coordinator',
      description: 'What {{target_audience}} will know or do afterwards, and how that will show.',
    },
    research_and_ideation: {
      title: 'Collect material on {{content_topic}}',
      specialist_type: 'researcher',
      description: 'Facts with sources, examples, and an angle that others have not taken.',
      dependencies: ['content_strategy'],
    },
    content_outline: {
      title: 'Outline',
      specialist_type: 'documenter',
      description:
        'The order of thoughts, and what each part must achieve. Length: {{content_length}}.',
      dependencies: ['research_and_ideation'],
    },
    content_creation: {
      title: 'Write it',
      specialist_type: 'documenter',
      description: 'The whole {{content_type}}, in the words of its audience.',
      dependencies: ['content_outline'],
    },
    seo_optimization: {
      title: 'Let it be found',
      specialist_type: 'documenter',
      description: 'Title, summary, headings and links in the words that people search with.',
      dependencies: ['content_creation'],
      when: 'seo_focus',
    },
    review_and_editing: {
      title: 'Edit it',
      specialist_type: 'reviewer',
      description: 'Is it true, clear, and no longer than it must be?',
      dependencies: ['content_creation', 'seo_optimization'],
      acceptance: ['Every fact was looked up again'],
    },
    publication_preparation: {
      title: 'Make it ready to publish',
      specialist_type: 'implementer',
      description:
        'Form, pictures with descriptions, and links that work. Place: {{publication_platform}}.',
      dependencies: ['review_and_editing'],
    },
    promotion_and_distribution: {
      title: 'Tell people',
      specialist_type: 'coordinator',
      description: 'Where {{target_audience}} will hear of it, and what is said there.',
      dependencies: ['publication_preparation'],
    },
  },
};

const DESIGN_TYPES = [
  ...['web_design', 'app_design', 'branding', 'print_design', 'ui_ux', 'logo_design'],
  'marketing_materials',
];

const DESIGN: BuiltInTemplate = {
  id: 'design_project_workflow',
  group: 'creative',
  metadata: {
    name: 'Design project',
    title: '{{project_type}} for {{client_name}}',
    description: 'A {{project_scope}} {{project_type}} project for {{client_name}}.',
    tags: ['design'],
    complexity: 'moderate',
  },
  parameters: {
    project_type: oneOf('What is designed', DESIGN_TYPES),
    client_name: needed('Whom it is for'),
    project_scope: oneOf('How large it is', ['small', 'medium', 'large', 'enterprise'], 'medium'),
    target_deadline: wished('When it must be done'),
    revision_rounds: amount('How often the client may ask for changes', [0, 20], 3),
  },
  tasks: {
    project_discovery: {
      title: 'Understand the brief',
      specialist_type: 'researcher',
      description: 'Goal, audience, constraints and deadline ({{target_deadline}}).',
      acceptance: ['{{client_name}} agrees that this is what was meant'],
    },
    competitive_research: {
      title: 'Look around',
      specialist_type: 'researcher',
      description: 'What others have done, what works, and what to stay away from.',
      dependencies: ['project_discovery'],
    },
    concept_development: {
      title: 'Find directions',
      specialist_type: 'architect',
      description: 'A few that really differ, each with its reason.',
      dependencies: ['competitive_research'],
    },
    design_refinement: {
      title: 'Work out the chosen one',
      specialist_type: 'implementer',
      description: 'All of it, in every size and state that will be used.',
      dependencies: ['concept_development'],
      acceptance: ['Contrast and sizes are enough for everybody to read'],
    },
    client_review_cycle: {
      title: 'Show it, and change it',
      specialist_type: 'reviewer',
      description:
        'At most {{revision_rounds}} rounds; what was asked, and what was done about it.',
      dependencies: ['design_refinement'],
      when: 'revision_rounds',
    },
    design_finalization: {
      title: 'Final files',
      specialist_type: 'implementer',
      description: 'Every form that is needed, named so that others find them.',
      dependencies: ['design_refinement', 'client_review_cycle'],
    },
    delivery_and_handoff: {
      title: 'Hand it over',
      specialist_type: 'documenter',
      description: 'Files, rules for their use, and who answers questions later.',
      dependencies: ['design_finalization'],
    },
  },
};

const PROJECT_TYPES = [
  ...['software', 'marketing', 'research', 'product', 'process_improvement', 'infrastructure'],
];

const PLANNING: BuiltInTemplate = {
  id: 'project_planning_template',
  group: 'business',
  metadata: {
    name: 'Project planning',
    title: 'Project: {{project_name}}',
    description: 'A {{project_type}} project, from its charter to its end.',
    tags: ['project', 'planning'],
    complexity: 'complex',
  },
  parameters: {
    project_name: needed('What the project is called'),
    project_type: oneOf('What kind of project it is', PROJECT_TYPES),
    project_duration: oneOf('How long it takes', ['short', 'medium', 'long', 'ongoing'], 'medium'),
    team_size: amount('How many people take part', [1, 1_000], 5),
    budget_available: choice('Whether there is a budget of its own', true),
    stakeholder_count: amount('How many people or groups have a say', [0, 1_000], 3),
  },
  tasks: {
    project_initiation: {
      title: 'Charter of {{project_name}}',
      specialist_type: 'coordinator',
      description: 'Why, what for, what not, and how it will be known to have worked.',
    },
    stakeholder_analysis: {
      title: 'Who has a say',
      specialist_type: 'researcher',
      description: 'The {{stakeholder_count}} who are concerned: what each needs, and hears when.',
      dependencies: ['project_initiation'],
      when: 'stakeholder_count',
    },
    work_breakdown: {
      title: 'Break the work down',
      specialist_type: 'coordinator',
      description: 'Pieces that one of {{team_size}} people can finish, and what waits for what.',
      dependencies: ['project_initiation', 'stakeholder_analysis'],
    },
    schedule_development: {
      title: 'Schedule',
      specialist_type: 'coordinator',
      description: 'When what is due; duration: {{project_duration}}. The longest chain is named.',
      dependencies: ['work_breakdown'],
    },
    budget: {
      title: 'Budget',
      specialist_type: 'coordinator',
      description: 'What each piece costs, and what is kept for what nobody foresaw.',
      dependencies: ['work_breakdown'],
      when: 'budget_available',
    },
    risk_management: {
      title: 'Risks',
      specialist_type: 'reviewer',
      description: 'What may go wrong, how it would show first, and what is done then.',
      dependencies: ['work_breakdown'],
    },
    communication_plan: {
      title: 'Who is told what',
      specialist_type: 'documenter',
      description: 'Reports and meetings, as few as do it.',
      dependencies: ['project_initiation', 'stakeholder_analysis'],
    },
    project_execution: {
      title: 'Carry it out',
      specialist_type: 'coordinator',
      description: 'Follow the schedule, see early where it slips, and decide.',
      dependencies: ['schedule_development', 'budget', 'risk_management', 'communication_plan'],
    },
    quality_assurance: {
      title: 'Check what came of it',
      specialist_type: 'tester',
      description: 'Each result against the charter.',
      dependencies: ['project_execution'],
    },
    project_closure: {
      title: 'Close {{project_name}}',
      specialist_type: 'documenter',
      description: 'Hand over, say what was learned, and let people go.',
      dependencies: ['quality_assurance'],
    },
  },
};

export const TRADES: readonly BuiltInTemplate[] = [MARKET, CONTENT, DESIGN, PLANNING];
