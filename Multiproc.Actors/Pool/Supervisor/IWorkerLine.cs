using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>The way of messages from a pool to a worker: whole, in order. Never blocks a thread that runs handlers.</summary>
internal interface IWorkerLine
{
    bool IsLost { get; }

    /// <summary>Whether the worker takes chunks as <see cref="PoolMessage.RunMany"/>.</summary>
    bool RunsMany { get; }

    /// <summary>The most bytes that an input of a task may have.</summary>
    int LargestInput { get; }

    /// <summary>Begins a message in a writer of the caller, who writes it next and then sends it.</summary>
    void Begin(WireWriter writer);

    /// <exception cref="ConnectionLostException">The worker is gone.</exception>
    void Send(WireWriter message, Wake wake);

    /// <summary>Wakes the worker for messages that were sent with <see cref="Wake.Later"/>.</summary>
    void Announce(Wake wake);
}
