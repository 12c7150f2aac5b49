import { IN } from './proof-files.ts';
import { by, proved, type Requirement } from './requirement.ts';

/** The MCP door: what an agent that talks to us can rely on. */
export const DOOR: readonly Requirement[] = [
  {
    id: 'M-loop',
    phrase: 'agents plan, claim, hand over and finish durable work',
    promise: 'An agent plans, claims, completes and synthesizes by tools, in both eras.',
    standing: proved(
      by(
        IN.mcpLoop,
        'plans, claims, completes and synthesizes, and every step is seen by the next',
        'obeys what is to happen next',
        'gives back what it holds, and refuses who holds it no more',
        'keeps evidence as artifacts, which are read by their address',
      ),
    ),
  },
  {
    id: 'M-drop-in',
    phrase: 'changing one line of `.mcp.json` is enough',
    promise: 'The older server’s names and forms of arguments are taken; aliases are not listed.',
    standing: proved(
      by(IN.mcpLoop, 'takes what the older server was told'),
      by(
        IN.mcpOlderNames,
        'can all be called in the set `all`',
        '%s takes what it took',
        'that are offered in another set, or never were, are answered with what to do',
      ),
    ),
  },
  {
    id: 'M-templates',
    phrase: '`all` adds the older names that remain (sessions, templates)',
    promise:
      'A template, the older server’s too, becomes one breakdown, or is refused with faults.',
    standing: proved(
      by(
        IN.mcpTemplates,
        'a preview stores nothing, and the plan it becomes is what it showed',
        'a condition leaves a task out, and those behind it wait for what it waited for',
        'what the older server left is found and used, and never written',
      ),
      by(IN.mcpStdio, 'plans from templates of the older server, over its own death'),
      by(
        IN.templatesRead,
        'is read as the older server kept it',
        'says itself before what it extends, part by part',
        'has every fault named with its place',
        'of %s is refused',
        'never throws, whatever the text is, and takes little time for the worst',
      ),
      by(
        IN.templatePatterns,
        'takes time that grows with the text alone, where backtracking never ends',
      ),
      by(IN.templatesFilled, 'with %j plans what its conditions ask for, in the same order'),
      by(IN.templateLibrary, '%s is sound, and becomes a plan with all said and with little'),
    ),
  },
  {
    id: 'M-templates-kept',
    phrase: 'confined to the project, and recoverable',
    promise: 'Templates are written in the project alone, and what is taken away comes back.',
    standing: proved(
      by(
        IN.templatesKept,
        '%j is no id, whatever is asked',
        'keep every text, however many write the same one at once',
        'are taken away into a folder of what was removed, and come back as they were',
        'in the place of %s lead to nothing being written',
      ),
      by(
        IN.mcpTemplates,
        'what is created is listed, loaded as written, told of, and deleted recoverably',
        'what is overwritten is put aside, and comes back',
      ),
    ),
  },
  {
    id: 'M-claims',
    phrase: 'a stale holder is refused with what to do next',
    promise: 'Of any number of clients one holds a task, and a claim that is over changes nothing.',
    standing: proved(
      by(
        IN.clientClaimsSim,
        'complete each task once, and change nothing with a claim that does not stand',
        '(negative control) without the compared fence change what is not theirs',
      ),
      by(
        IN.clientClaims,
        'keeps it through `pawl stop`, and loses it to a person who cancels it',
        'is not believed for what it never had',
      ),
    ),
  },
  {
    id: 'M-many',
    phrase: 'Twenty MCP clients at once on one project',
    promise: 'Each subtask is claimed once, and none is lost, however many clients share them.',
    standing: proved(
      by(
        IN.mcpManyClients,
        'each subtask is claimed once by clients with a server each, and none is lost',
      ),
    ),
  },
  {
    id: 'M-verify',
    phrase: 'with a `verify` command, which Pawl runs',
    promise: 'What a client calls done is verified by Pawl, whoever of its processes is left.',
    standing: proved(
      by(
        IN.clientClaims,
        'gets what it needs, is verified, marks the list, and hands its result on',
        'learns what a failed verify command said, and so does who claims it next',
        'is told that verifying goes on, and hears the end by asking again',
        'goes on with the next server where the last one left',
      ),
    ),
  },
  {
    id: 'M-run',
    phrase: 'execute a list or breakdown autonomously',
    promise: 'A run that a client asked for outlives the client and its server.',
    standing: proved(
      by(
        IN.runOutlives,
        'a run that a client asked for goes on when the process that it asked is killed',
      ),
    ),
  },
  {
    id: 'M-tools',
    phrase: 'documented example in, documented shape out',
    promise: 'Each tool answers its example as documented, and names what is wrong with others.',
    standing: proved(
      by(
        IN.mcpTools,
        '$short: the documented example is answered in the documented shape',
        '$short: arguments of a wrong type are named, and change nothing',
        '$short $args: nothing has that id, and nothing changes',
        '$short: texts of any size are taken or refused, in a short answer',
        '$short: a call that is cancelled leaves everything sound',
      ),
    ),
  },
  {
    id: 'M-fuzz',
    phrase: 'no crash, no protocol noise, no state change on refused input',
    promise:
      'Whatever arguments a tool is given, it answers or refuses, and a refusal changes nothing.',
    standing: proved(
      by(
        IN.mcpFuzz,
        'a call of any tool is answered or refused, and changes what it was asked to or nothing',
        'that changes something before it refuses is caught, by one call',
        'that throws is caught',
        'that changes what nobody named is caught',
      ),
      by(
        IN.mcpFuzzProcess,
        'whatever a client sends, only messages come out, and the next is answered (%s)',
        'with %j beside it is caught',
      ),
      by(
        IN.mcpRefusals,
        'of a report either all is kept or nothing: %#',
        'a run that cannot begin loads nothing, and says why at once',
        '%s %j is refused, and makes none',
      ),
    ),
  },
  {
    id: 'M-names',
    phrase: 'a short form matches the task id or the end of the UUID, if unique',
    promise: 'What a call names is found by its id or an end of it; what is not there is refused.',
    standing: proved(
      by(
        IN.mcpNaming,
        '%s: each name that nothing has is refused, and changes nothing',
        'is in every tool that takes a claim one that stands: an old one is refused',
        'is a task by its id, its UUID or an end of that, if one task alone has it',
        'is a breakdown by its id, or an end of that',
      ),
    ),
  },
  {
    id: 'M-honest',
    phrase: 'no constant answers',
    promise: 'Every tool does what it says, and tells what is there.',
    standing: proved(
      by(
        IN.mcpEffects,
        'a session is opened once a process, taken up again, and knows its plans',
        'a claim, a heartbeat and its progress are seen by others',
        'a plan keeps its complexity and context, for whoever does a part of it',
        'what a task says is changed, and read back',
        'a cancelled task is cancelled, with what depended on it, and comes back',
        'what is archived is gone from everywhere, and restored as it was',
        'cleaning up is a preview until it is applied',
        'pages follow on each other until every task was shown once',
      ),
    ),
  },
  {
    id: 'M-listing',
    phrase: 'at most 14,000 bytes, measured in CI',
    promise: 'The default set is fifteen tools in a fixed order, in at most 14,000 bytes.',
    standing: proved(
      by(
        IN.mcpListing,
        'is fifteen tools in a fixed order, the same in both eras',
        'has every hint on every tool, and says what each is for',
        'has every tool with its set, in the order in which they are listed',
      ),
    ),
  },
  {
    id: 'M-answers',
    phrase: 'results at most 10,000 characters with cursors',
    promise: 'Whatever is said fits ten thousand characters, the same as text and as structure.',
    standing: proved(
      by(IN.mcpConcise, 'whatever is to be said, fits what every client shows whole'),
      by(
        IN.mcpPresent,
        'is the same in the text and in the structure',
        'refuses with %s so that the caller knows what to do',
      ),
    ),
  },
  {
    id: 'M-workspace',
    phrase: 'never home or temp silently',
    promise: 'A call works where it, its session or its client says, and never silently elsewhere.',
    standing: proved(
      by(
        IN.mcpWorkspace,
        'is what its argument names, home too: that is not silent',
        'is of the roots one with a store, else a repository, else the first',
        'is never silently %s',
      ),
      by(IN.mcpRoots, 'works in them, where the server was started in no project'),
    ),
  },
  {
    id: 'M-stateless',
    phrase: 'nothing here may rely on a connection’s memory',
    promise: 'Every call may be served by another server; a restart loses none.',
    standing: proved(
      by(IN.mcpHttp, 'serves a loop whose every call is a server of its own, in both eras'),
      by(
        IN.mcpPool,
        'a restart waits for what is under way, and later calls wait for the restart',
        'a restart ends what takes longer than it was given',
      ),
    ),
  },
  {
    id: 'M-in-time',
    phrase: 'progress or an answer before 45 s',
    promise: 'A call is answered, or says that it goes on, before its client gives up on it.',
    standing: proved(
      by(
        IN.mcpServeTool,
        'is ended before its client gives up on it, and leaves no timer',
        'tells who wants to hear it every 15 s that it goes on, and has longer',
      ),
    ),
  },
  {
    id: 'M-conformance',
    phrase: 'all required scenarios pass, tasks extension included',
    promise: 'The official conformance suite passes for both revisions and the tasks extension.',
    standing: proved(by(IN.mcpConformance, 'passes every scenario that $revision requires')),
  },
  {
    id: 'M-clients',
    phrase: 'Real clients: Inspector CLI, mcporter',
    promise: 'The official client, the Inspector and mcporter work with it, in both eras.',
    standing: proved(
      by(
        IN.mcpStdio,
        'serves the official client (%s)',
        'the Inspector finds nothing amiss (%s)',
        'mcporter lists and calls',
      ),
    ),
  },
  {
    id: 'M-process',
    phrase: 'stdout carries protocol only',
    promise: 'The server ends promptly, loses nothing it acknowledged, and goes on where it was.',
    standing: proved(
      by(
        IN.mcpStdio,
        'writes nothing but the protocol on standard output',
        'answers a request whose %s nothing can read: %j',
        'ends at the end of its input, after it answered what it had taken',
        'ends by itself at %s',
        'goes on where a killed one ended: what was acknowledged is there, claims too',
      ),
    ),
  },
  {
    id: 'M-tasks',
    phrase: 'a task handle of the tasks extension where the client has it',
    promise: 'What takes long goes on as a task, whose handle outlives the server.',
    standing: proved(
      by(
        IN.mcpTasks,
        'runs a breakdown to its end, over the death of the server',
        'is cancelled: the agents are ended, their tasks queued again',
        'answers who takes no task at once, with what to poll',
        'verifies what was finished, and says $outcome',
        'is told only to who declares the extension, by an id that was given',
      ),
      by(IN.handles, 'a handle that is over stays as it ended'),
    ),
  },
];
