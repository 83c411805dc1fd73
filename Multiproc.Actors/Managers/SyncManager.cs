using Multiproc.Managers;
using Multiproc.Objects;
using Multiproc.Objects.References;
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

    /// <summary>How many objects live in the manager at the moment of asking: those that some process can reach, or could a moment ago.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int NumberOfObjects => (int)_root.Ask(ManagerCommand.Describe.Instance, default).Number;

    /// <summary>Lists the objects that live in the manager.</summary>
    /// <returns>In the order in which they were made.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public IReadOnlyList<ManagedObject> DebugInfo()
    {
        var reader = new WireReader(_root.Ask(ManagerCommand.Describe.Instance, default).Value.Bytes.Span);
        var objects = new List<ManagedObject>();
        while (!reader.AtEnd)
        {
            objects.Add(new((long)reader.VarUInt(), reader.String(), reader.Natural()));
        }

        return objects;
    }

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

        if (!_process.Exited.Wait(Settings.Current.Manager.ShutdownTimeout))
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
            process.AwaitReady(Settings.Current.Manager.StartTimeout);
            var peer = process.StartedPeer;
            peer.Rename(process.Name);
            var address = peer.Address!;
            return new SyncManager(process, new ObjectHandle(address, ReferenceCommand.Keeper, MemoryAddress.None));
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
        return ObjectHandle.ReadFrom(ref reader, isNew: true);
    }
}
