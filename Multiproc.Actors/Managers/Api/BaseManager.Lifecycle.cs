using Multiproc.Managers;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Starting, connecting to, joining and shutting down a server; each synchronously and asynchronously.</content>
public abstract partial class BaseManager
{
    /// <summary>Starts the server in a new process and waits until it is ready, for at most <see cref="ManagerOptions.StartTimeout"/>.</summary>
    /// <param name="initializer">Runs in the server's process before it accepts calls; null (the default) runs nothing.</param>
    /// <exception cref="MultiprocException">The manager was already started, connected or shut down.</exception>
    /// <exception cref="ProcessStartException">The process could not be started, or the initializer failed.</exception>
    public void Start(Action? initializer = null)
    {
        var process = BeginProcess(initializer);
        try
        {
            process.AwaitReady(Settings.Current.Manager.StartTimeout);
            Adopt(process);
        }
        catch
        {
            process.Dispose();
            _state = States.Initial;
            throw;
        }
    }

    /// <summary>
    /// Asynchronously starts the server in a new process; completes when it is ready, after at most <see cref="ManagerOptions.StartTimeout"/>.
    /// </summary>
    /// <param name="initializer">Runs in the server's process before it accepts calls; null (the default) runs nothing.</param>
    /// <param name="cancellation">Ends the new process if it is not ready yet; the manager can be started again.</param>
    /// <returns>A task that completes when the server accepts calls.</returns>
    /// <exception cref="MultiprocException">The manager was already started, connected or shut down.</exception>
    /// <exception cref="ProcessStartException">The process could not be started, or the initializer failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public async ValueTask StartAsync(Action? initializer = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var process = BeginProcess(initializer);
        try
        {
            await process.AwaitReadyAsync(Settings.Current.Manager.StartTimeout, cancellation).ConfigureAwait(false);
            Adopt(process);
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            _state = States.Initial;
            throw;
        }
    }

    /// <summary>Connects to a running server at the manager's address.</summary>
    /// <exception cref="InvalidOperationException">The manager was constructed without an address.</exception>
    /// <exception cref="MultiprocException">The manager was already started, connected or shut down.</exception>
    /// <exception cref="ConnectionLostException">No server listens at the address, or it exited during the connect.</exception>
    /// <exception cref="AuthenticationException">The server uses a different key.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// The server did not reply within <see cref="ConnectionOptions.ConnectTimeout"/>: it is suspended or overloaded.
    /// </exception>
    public void Connect()
    {
        string endpoint = BeginConnecting();
        try
        {
            Adopt(Reach(endpoint), endpoint);
        }
        catch
        {
            _state = States.Initial;
            throw;
        }
    }

    /// <summary>Asynchronously connects to a running server at the manager's address; the connect runs on a thread of the thread pool.</summary>
    /// <param name="cancellation">Cancels the wait; the manager can be connected again.</param>
    /// <returns>A task that completes when the server accepts calls.</returns>
    /// <exception cref="InvalidOperationException">The manager was constructed without an address.</exception>
    /// <exception cref="MultiprocException">The manager was already started, connected or shut down.</exception>
    /// <exception cref="ConnectionLostException">No server listens at the address, or it exited during the connect.</exception>
    /// <exception cref="AuthenticationException">The server uses a different key.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// The server did not reply within <see cref="ConnectionOptions.ConnectTimeout"/>: it is suspended or overloaded.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public async ValueTask ConnectAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        string endpoint = BeginConnecting();
        try
        {
            Adopt(await Task.Run(() => Reach(endpoint), cancellation).WaitAsync(cancellation).ConfigureAwait(false), endpoint);
        }
        catch
        {
            _state = States.Initial;
            throw;
        }
    }

    /// <summary>Waits until the server's process has exited.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; the server keeps running.</param>
    /// <returns>True if the process has exited; false if the timeout expired.</returns>
    /// <exception cref="InvalidOperationException">This manager has not started a server.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) => OwnProcess.Exited.Ends(timeout, cancellation);

    /// <summary>Asynchronously waits until the server's process has exited.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; the server keeps running.</param>
    /// <returns>True if the process has exited; false if the timeout expired.</returns>
    /// <exception cref="InvalidOperationException">This manager has not started a server.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) => OwnProcess.Exited.EndsAsync(timeout, cancellation);

    /// <summary>
    /// Shuts down the server, and its objects with it. Waits for a server that this manager started for at most <see cref="ManagerOptions.ShutdownTimeout"/>
    /// (default one second), then kills its process. Does nothing when called again.
    /// </summary>
    public void Shutdown()
    {
        if (TellShutdown() is { } process)
        {
            if (!process.Exited.Ends(Settings.Current.Manager.ShutdownTimeout, CancellationToken.None))
            {
                process.Kill();
                process.Exited.Wait();
            }

            process.Close();
        }
    }

    /// <summary>
    /// Asynchronously shuts down the server, and its objects with it. Waits for a server that this manager started for at most
    /// <see cref="ManagerOptions.ShutdownTimeout"/> (default one second), then kills its process. Does nothing when called again.
    /// </summary>
    /// <returns>A task that completes when the server has shut down.</returns>
    public async ValueTask ShutdownAsync()
    {
        if (TellShutdown() is { } process)
        {
            if (!await process.Exited.EndsAsync(Settings.Current.Manager.ShutdownTimeout, CancellationToken.None).ConfigureAwait(false))
            {
                process.Kill();
                await process.Exited.ConfigureAwait(false);
            }

            process.Close();
        }
    }

    /// <summary>Calls <see cref="Shutdown"/> if this manager started the server; a server that it connected to keeps running.</summary>
    public void Dispose()
    {
        LetGo();
        Shutdown();
        GC.SuppressFinalize(this);
    }

    /// <summary>Calls <see cref="ShutdownAsync"/> if this manager started the server; a server that it connected to keeps running.</summary>
    /// <returns>A task that completes when the server has shut down.</returns>
    public async ValueTask DisposeAsync()
    {
        LetGo();
        await ShutdownAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private ChildProcess OwnProcess =>
        _process ?? throw new InvalidOperationException($"{GetType().Name} has not started a server: there is no process to wait for.");

    private void Begin()
    {
        int was = Interlocked.CompareExchange(ref _state, States.Begun, States.Initial);
        if (was != States.Initial)
        {
            throw new MultiprocException(was == States.Begun ? $"{GetType().Name}: already started server." : $"{GetType().Name}: manager has shut down.");
        }
    }

    private ChildProcess BeginProcess(Action? initializer)
    {
        AsyncVoid.RefusedIfAny(initializer);
        Begin();
        try
        {
            var server = new ManagerServer(
                GetType().Name, [.. Registry.For(GetType()).Values], this is SyncManager, initializer, new ManagerPlace(_wanted, _authKey, Tls),
                ReferenceLease);
            var process = new ChildProcess(server, name: null, daemon: false) { EndsWithParent = true };
            process.Start();
            return process;
        }
        catch
        {
            _state = States.Initial;
            throw;
        }
    }

    private void Adopt(ChildProcess process)
    {
        var peer = process.StartedPeer;
        peer.Rename(process.Name);
        LearnKey(peer.Address!.Id, isFar: false);
        _root = new ObjectHandle(Node.Current, peer.Address!, ReferenceCommand.Keeper, MemoryAddress.None);
        _process = process;
    }

    private string BeginConnecting()
    {
        if (_wanted is null)
        {
            throw new InvalidOperationException($"{GetType().Name} has no address to connect to: pass one to its constructor.");
        }

        Begin();
        return _wanted.Endpoint(Tls);
    }

    private Peer Reach(string endpoint)
    {
        try
        {
            return Node.Current.Reach(endpoint, _authKey ?? ProcessKey.Current.Bytes, Tls);
        }
        catch (ConnectionLostException lost) when (_wanted!.IsLocal && lost.InnerException is System.Net.Sockets.SocketException)
        {
            throw new ConnectionLostException(
                $"{GetType().Name} cannot connect: no manager listens at {_wanted}. Start its server with this address first.", lost);
        }
    }

    private void Adopt(Peer peer, string endpoint)
    {
        _address = _wanted;
        LearnKey(peer.Address!.Id, isFar: !_wanted!.IsLocal);
        _root = new ObjectHandle(Node.Current, peer.Address! with { Endpoint = endpoint }, ReferenceCommand.Keeper, MemoryAddress.None);
    }

    private void LetGo()
    {
        if (_process is null)
        {
            _state = States.Ended;
        }
    }

    /// <returns>The process to wait for, or null.</returns>
    private ChildProcess? TellShutdown()
    {
        if (Interlocked.Exchange(ref _state, States.Ended) != States.Begun || _root is null)
        {
            return null;
        }

        try
        {
            // Waits neither for the reply nor for room to send: a suspended or stuck server would give neither.
            using (Transport.Reactor.EnterHandler())
            {
                _root.Tell(ManagerCommand.Shutdown.Instance);
            }
        }
        catch (ConnectionLostException)
        {
            // The server has exited already, which is the goal.
        }

        return _process;
    }
}
