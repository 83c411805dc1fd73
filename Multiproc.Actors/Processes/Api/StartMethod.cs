namespace Multiproc;

/// <summary>How processes are started.</summary>
public enum StartMethod
{
    /// <summary>A fresh process of the runtime for each start. The default.</summary>
    Spawn,

    /// <summary>Processes that were started ahead of need are handed over, one for each start: the target runs within a millisecond or two.</summary>
    ForkServer,

    /// <summary>
    /// Targets run on threads of this process, with everything still serialized: for tests and debuggers. Such a child cannot be killed, and
    /// it shares statics and its crashes with the program.
    /// </summary>
    InProcess,

    /// <summary>Python's fork. The .NET runtime cannot be forked - its threads would be missing in the copy - so asking for it is an error.</summary>
    Fork,
}
