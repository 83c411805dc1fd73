namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>A fault that is put into the simulated system: the simulation must find it, else it proves nothing.</summary>
public enum Mutant
{
    None,

    /// <summary>Reads are answered without asking the journal.</summary>
    ReadsAreNotConfirmed,

    /// <summary>Steps are carried out, and answered, before they are in the journal.</summary>
    EffectsBeforeTheJournal,

    /// <summary>The journal takes records at any number.</summary>
    JournalIsNotFenced,

    /// <summary>A failed write counts as one that succeeded.</summary>
    FailedWritesAreIgnored,

    /// <summary>A failed write counts as one that did not happen, and is tried again at the next number.</summary>
    FailedWritesAreRepeated,

    /// <summary>A step that comes too early is taken, and the earlier ones are then taken for old.</summary>
    HighWaterMark,

    /// <summary>A step that comes twice is taken twice.</summary>
    NothingIsDeduplicated,

    /// <summary>A new owner does not know which steps were taken.</summary>
    SessionsAreForgotten,

    /// <summary>A new owner replays with its own time.</summary>
    WrongInstantAtReplay,

    /// <summary>Nobody tells entities that a node is gone.</summary>
    NodesNeverGo,

    /// <summary>Messages of removed nodes are accepted.</summary>
    TheGoneAreHeard,

    /// <summary>Nothing is sent again.</summary>
    NothingIsSentAgain,

    /// <summary>Calls for an object that was deleted reach the one that came after it.</summary>
    OldFacadesAreServed,

    /// <summary>An opening that comes late creates an object again.</summary>
    OpensCreateAgain,

    /// <summary>What a call did is forgotten when the object is deleted, and it counts as not done.</summary>
    ResultsEndWithTheObject,

    /// <summary>Two owners can take over what one has handed over.</summary>
    TakingOverIsNotRecorded,

    /// <summary>When an owner has died, the next one begins with what the dead one had begun with.</summary>
    TheLostAreRestored,
}
