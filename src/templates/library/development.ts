import { COMPLEXITIES } from '../../domain/breakdown/complexity.ts';
import { amount, type BuiltInTemplate, choice, needed, oneOf, wished } from './built-in.ts';

export const LANGUAGES = [
  'python',
  'javascript',
  'typescript',
  'java',
  'rust',
  'go',
  'csharp',
] as const;

const SETUP: BuiltInTemplate = {
  id: 'software_project_setup',
  group: 'development',
  metadata: {
    name: 'Software project setup',
    title: 'Set up {{project_name}}',
    description:
      'A new {{language}} project that can be built, tested and released from the start.',
    tags: ['project', 'setup'],
    complexity: 'moderate',
  },
  parameters: {
    project_name: needed('What the project is called', { pattern: '^[A-Za-z][A-Za-z0-9_-]*$' }),
    language: oneOf('The language that most of it is written in', LANGUAGES),
    framework: wished('A framework or runtime it is built on'),
    repository_url: wished('Where its repository is to be'),
    target_platform: wished('What it is to run on', {
      enum: ['web', 'mobile', 'desktop', 'server', 'cloud', 'embedded'],
    }),
    team_size: amount('How many people work on it', [1, 20], 3),
    include_ci: choice('Whether every change is built and tested by a service', true),
  },
  tasks: {
    project_initialization: {
      title: 'Lay out {{project_name}}',
      specialist_type: 'architect',
      description:
        'Folders, version control and the first files of a {{language}} project. ' +
        'Framework: {{framework}}. Platform: {{target_platform}}. Repository: {{repository_url}}.',
      acceptance: ['A fresh clone has a README that says what it is and how to begin'],
    },
    dependency_management: {
      title: 'Manage dependencies',
      specialist_type: 'implementer',
      description: 'One file that names what the project needs, and one that pins the versions.',
      dependencies: ['project_initialization'],
      acceptance: ['Two machines install exactly the same versions'],
    },
    development_environment: {
      title: 'Tools for everyday work',
      specialist_type: 'implementer',
      description: 'Formatter, linter and their settings, the same for all {{team_size}} people.',
      dependencies: ['dependency_management'],
      acceptance: ['One command formats and checks everything'],
    },
    testing_framework: {
      title: 'Make it testable',
      specialist_type: 'tester',
      description: 'A test runner, one real test of each kind that is wanted, and how to add more.',
      dependencies: ['development_environment'],
      acceptance: ['One command runs all tests', 'A test that must fail was seen to fail'],
    },
    ci_cd_pipeline: {
      title: 'Build and test every change',
      specialist_type: 'implementer',
      description:
        'A pipeline that runs the checks and tests for each change, and builds releases.',
      dependencies: ['testing_framework'],
      when: 'include_ci',
      acceptance: ['A change that breaks a test cannot be merged unnoticed'],
    },
    documentation_setup: {
      title: 'Say how to take part',
      specialist_type: 'documenter',
      description: 'README, how to contribute, where decisions are kept, and a changelog.',
      dependencies: ['testing_framework'],
      acceptance: ['Somebody new gets from clone to a passing test by reading alone'],
    },
  },
};

const FEATURE: BuiltInTemplate = {
  id: 'feature_development_workflow',
  group: 'development',
  metadata: {
    name: 'Feature development',
    title: 'Feature: {{feature_name}}',
    description: '{{feature_description}}',
    tags: ['feature', 'development'],
    complexity: '{{estimated_complexity}}',
  },
  parameters: {
    feature_name: needed('What the feature is called'),
    feature_description: needed('What its users can do with it', { max_length: 5_000 }),
    priority: oneOf('How urgent it is', ['low', 'medium', 'high', 'critical'], 'medium'),
    target_users: wished('Who it is for'),
    estimated_complexity: oneOf('How hard it is', COMPLEXITIES, 'moderate'),
    include_interface: choice('Whether people will see it', true),
    include_docs: choice('Whether it is to be documented', true),
  },
  tasks: {
    requirements_analysis: {
      title: 'Say what {{feature_name}} must do',
      specialist_type: 'researcher',
      description: 'What {{target_users}} need, the edge cases, and what is left out on purpose.',
      priority: '{{priority}}',
      acceptance: ['Each requirement can be tested', 'What fails, and how, is said'],
    },
    technical_design: {
      title: 'Design {{feature_name}}',
      specialist_type: 'architect',
      description: 'Parts, data, interfaces, failure and security, and how it fits what is there.',
      dependencies: ['requirements_analysis'],
      priority: '{{priority}}',
      acceptance: ['Alternatives were weighed, and the reasons are written down'],
    },
    core_implementation: {
      title: 'Build {{feature_name}}',
      specialist_type: 'implementer',
      description: 'The feature as designed, without its surface, with unit tests.',
      dependencies: ['technical_design'],
      priority: '{{priority}}',
      acceptance: ['Bad input is refused and changes nothing'],
    },
    user_interface: {
      title: 'Let people use it',
      specialist_type: 'implementer',
      description: 'What people see and type: words, states, errors, keyboard and small screens.',
      dependencies: ['core_implementation'],
      when: 'include_interface',
      priority: '{{priority}}',
    },
    testing: {
      title: 'Test {{feature_name}} as it is used',
      specialist_type: 'tester',
      description: 'Each requirement from end to end, the edge cases, and what must still work.',
      dependencies: ['core_implementation', 'user_interface'],
      priority: '{{priority}}',
      acceptance: ['Each requirement has a test that fails without the feature'],
    },
    documentation: {
      title: 'Document {{feature_name}}',
      specialist_type: 'documenter',
      description: 'How to use it, what it does not do, and what changed for who uses it already.',
      dependencies: ['core_implementation'],
      when: 'include_docs',
    },
    deployment: {
      title: 'Release {{feature_name}}',
      specialist_type: 'coordinator',
      description: 'Ship it, with a way back, and look whether it works for who asked for it.',
      dependencies: ['testing', 'documentation'],
      priority: '{{priority}}',
      acceptance: ['The way back was tried'],
    },
  },
};

const ORCHESTRATOR: BuiltInTemplate = {
  id: 'orchestrator_feature_development',
  group: 'self_development',
  metadata: {
    name: 'Feature of a task orchestrator',
    title: 'Orchestrator: {{feature_name}}',
    description: 'A feature of a task orchestrator, from its rules outwards to its tools.',
    tags: ['orchestrator', 'layers'],
    complexity: 'complex',
  },
  parameters: {
    feature_name: needed('What the feature is called'),
    feature_type: wished('Such as tool, storage, workflow'),
    architecture_layer: wished('The layer that it is mostly about'),
    breaking_change: choice('Whether what worked before may stop working', false),
    include_tools: choice('Whether clients see it as a tool', true),
  },
  tasks: {
    architecture_analysis: {
      title: 'Find the place of {{feature_name}}',
      specialist_type: 'architect',
      description:
        'Which layers change, which must not, and what is promised. ' +
        'Kind: {{feature_type}}. Layer: {{architecture_layer}}.',
    },
    domain_layer: {
      title: 'Its rules',
      specialist_type: 'implementer',
      description: 'Values, states and decisions as pure functions, with their tests.',
      dependencies: ['architecture_analysis'],
    },
    infrastructure_layer: {
      title: 'Its storage',
      specialist_type: 'implementer',
      description: 'What is stored, in one transaction, and what a crash leaves behind.',
      dependencies: ['domain_layer'],
      acceptance: ['A kill at any moment loses nothing that was acknowledged'],
    },
    application_layer: {
      title: 'Its operations',
      specialist_type: 'implementer',
      description: 'One operation for each thing that a person can ask for, with typed errors.',
      dependencies: ['infrastructure_layer'],
    },
    mcp_integration: {
      title: 'Its tools',
      specialist_type: 'implementer',
      description: 'Arguments, answers and errors that an agent understands, within the limits.',
      dependencies: ['application_layer'],
      when: 'include_tools',
      acceptance: ['The documented example gives the documented answer'],
    },
    upgrade_path: {
      title: 'A way over for who is there already',
      specialist_type: 'architect',
      description: 'What breaks, for whom, and how they get across without losing anything.',
      dependencies: ['application_layer'],
      when: 'breaking_change',
    },
    testing: {
      title: 'Prove it',
      specialist_type: 'tester',
      description: 'Every layer, many processes at once, and a control for each guard.',
      dependencies: ['mcp_integration', 'upgrade_path'],
    },
    documentation: {
      title: 'Write it down',
      specialist_type: 'documenter',
      description: 'For users, for who maintains it, and in the changelog.',
      dependencies: ['testing'],
    },
  },
};

export const DEVELOPMENT: readonly BuiltInTemplate[] = [SETUP, FEATURE, ORCHESTRATOR];
