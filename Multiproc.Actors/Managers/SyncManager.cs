using Multiproc.Managers;
using Multiproc.Objects;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A server process whose objects outlive the processes that use them. What it makes can be sent anywhere; whoever receives it connects to
/// the manager by itself.
/// </summary>
/// <example>
/// <code>
/// using var manager = Mp.Manager();
/// var totals = manager.Dictionary&lt;string, long&gt;();
/// totals.Increment("apples", 3);
/// </code>
/// </example>
public sealed partial class SyncManager : IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan s_bootTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(1);

    private readonly ChildProcess _process;
    private readonly ObjectHandle _root;
    private int _shutDown;

    private SyncManager(ChildProcess process, ObjectHandle root)
    {
        _process = process;
        _root = root;
    }

    /// <summary>The process id of the server.</summary>
    public int Pid => _process.Pid!.Value;

    /// <summary>Ends the server and its objects; waits a second for it, then ends it by force. May be called again.</summary>
    public void Shutdown()
    {
        if (Interlocked.Exchange(ref _shutDown, 1) != 0)
        {
            return;
        }

        try
        {
            // Nobody waits for the answer: a server that is stopped or stuck would never give it.
            _root.Tell(ManagerCommand.Shutdown.Instance);
        }
        catch (ConnectionLostException)
        {
            // It is gone already, which is what we want.
        }

        if (!_process.Exited.Wait(s_shutdownTimeout))
        {
            _process.Kill();
            _process.Exited.Wait();
        }

        _process.Close();
    }

    /// <summary>The same as <see cref="Shutdown"/>.</summary>
    public void Dispose() => Shutdown();

    /// <summary>The same as <see cref="Shutdown"/>, on a thread of the pool.</summary>
    /// <returns>A task that ends when the server has ended.</returns>
    public ValueTask DisposeAsync() => new(Task.Run(Shutdown));

    internal static SyncManager Launch()
    {
        var process = new ChildProcess(new ManagerServer(), name: null, daemon: false) { EndsWithParent = true };
        process.Start();
        try
        {
            process.AwaitReady(s_bootTimeout);
            var address = process.StartedPeer.Address!;
            return new SyncManager(process, new ObjectHandle(address, ManagerServer.RootObject, MemoryAddress.None));
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    private ObjectHandle Create(ObjectKind kind, Payload options = default)
    {
        ObjectDisposedException.ThrowIf(_shutDown != 0, this);
        var answer = _root.Ask(new ManagerCommand.Create(kind.Tag, options), default);
        if (answer.Status != AnswerStatus.Ok)
        {
            throw new MultiprocException($"Manager {_process.Name} could not make a {kind.Name}: {answer.Reason}");
        }

        var reader = new WireReader(answer.Value.Bytes.Span);
        return ObjectHandle.ReadFrom(ref reader);
    }
}
