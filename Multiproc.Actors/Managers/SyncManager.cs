using Multiproc.Managers;
using Multiproc.Objects;
using Multiproc.Objects.Dictionaries;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Queues;
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
public sealed class SyncManager : IDisposable, IAsyncDisposable
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

    /// <summary>Makes a dictionary in the manager.</summary>
    /// <typeparam name="TKey">The type of the keys; keys are equal when their serialized forms are.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public DictionaryProxy<TKey, TValue> Dictionary<TKey, TValue>()
        where TKey : notnull =>
        new(Create(DictionaryKind.Instance, default));

    /// <summary>Makes a queue in the manager.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="maxSize">How many items it holds at most; zero (the default) or less: without a bound.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedQueue<T> Queue<T>(int maxSize = 0) => Queue<T>(new SharedQueueOptions { MaxSize = maxSize });

    /// <summary>Makes a queue in the manager.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="options">Its settings.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedQueue<T> Queue<T>(SharedQueueOptions options) =>
        new(Create(QueueKind.Instance, SharedQueueOptions.Checked(options).Pack()), options.MaxSize);

    /// <summary>Makes a queue that can be joined in the manager.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="maxSize">How many items it holds at most; zero (the default) or less: without a bound.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(int maxSize = 0) => JoinableQueue<T>(new SharedQueueOptions { MaxSize = maxSize });

    /// <summary>Makes a queue that can be joined in the manager.</summary>
    /// <typeparam name="T">What the items are.</typeparam>
    /// <param name="options">Its settings.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="ObjectDisposedException">The manager was shut down.</exception>
    public SharedJoinableQueue<T> JoinableQueue<T>(SharedQueueOptions options) =>
        new(Create(JoinableQueueKind.Instance, SharedQueueOptions.Checked(options).Pack()), options.MaxSize);

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

    private ObjectHandle Create(ObjectKind kind, Payload options)
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
