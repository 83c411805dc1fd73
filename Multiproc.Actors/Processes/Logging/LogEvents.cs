using Microsoft.Extensions.Logging;

namespace Multiproc.Processes.Logging;

/// <summary>
/// The events that the library itself logs. Programs filter and raise alarms by their numbers and names: these never change their meaning, and a new event
/// gets a new number. docs/user-code.md lists them.
/// </summary>
internal static class LogEvents
{
    public static EventId ProcessEnded { get; } = new(7001, nameof(ProcessEnded));

    public static EventId ProcessFailed { get; } = new(7002, nameof(ProcessFailed));

    public static EventId WarmProcessReplaced { get; } = new(7003, nameof(WarmProcessReplaced));

    public static EventId PoolNotClosed { get; } = new(7004, nameof(PoolNotClosed));

    public static EventId PoolBroken { get; } = new(7005, nameof(PoolBroken));

    public static EventId DeadlockFound { get; } = new(7006, nameof(DeadlockFound));

    /// <summary>What happens between pools and the nodes that run their workers.</summary>
    public static EventId PoolOnNode { get; } = new(7010, nameof(PoolOnNode));

    /// <summary>An error of the library's own while it served a Python program.</summary>
    public static EventId PythonCallFailed { get; } = new(7011, nameof(PythonCallFailed));

    /// <summary>Tools cannot look at the program.</summary>
    public static EventId ViewNotOpened { get; } = new(7012, nameof(ViewNotOpened));

    /// <summary>The program was changed by Hot Reload, and its children run the code as built.</summary>
    public static EventId ProgramUpdated { get; } = new(7015, nameof(ProgramUpdated));

    /// <summary>A record of Akka.NET.</summary>
    public static EventId ActorSystem { get; } = new(7007, nameof(ActorSystem));
}
