namespace Multiproc;

/// <summary>Specifies how child processes are started.</summary>
/// <example>
/// <code>
/// Mp.SetStartMethod(StartMethod.ForkServer);
/// </code>
/// </example>
public enum StartMethod
{
    /// <summary>Starts a fresh process for each child. The default.</summary>
    Spawn,

    /// <summary>
    /// Uses warm processes, started in advance, one for each child: the target runs within a millisecond or two. See <see cref="WarmHostOptions"/>.
    /// </summary>
    ForkServer,

    /// <summary>
    /// Runs targets on threads of this process, with everything still serialized: for tests and debugging. Such a child cannot be killed; it shares static
    /// fields with the program, and its crashes end the program.
    /// </summary>
    InProcess,

    /// <summary>Python's fork; choosing it is an error. The .NET runtime cannot be forked, since its threads would be missing in the copy.</summary>
    Fork,
}
