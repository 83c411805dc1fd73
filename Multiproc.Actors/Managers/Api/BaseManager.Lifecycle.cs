using System.Security.Authentication;
using Multiproc.Managers;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>The beginning and the end of a server, and the way to one that runs: each with and without holding a thread.</content>
public abstract partial class BaseManager
{
    /// <summary>Starts the server in a process of its own.</summary>
    /// <param name="initializer">Runs in that process before it serves.</param>
    /// <exception cref="MultiprocException">It was started or connected before, or shut down.</exception>
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

    /// <summary>As <see cref="Start"/>, without holding a thread while the server gets ready.</summary>
    /// <param name="initializer">Runs in that process before it serves.</param>
    /// <param name="cancellation">Ends the process that is not ready yet; the manager can be started again.</param>
    /// <returns>A task that ends when the server can be asked.</returns>
    /// <exception cref="MultiprocException">It was started or connected before, or shut down.</exception>
    /// <exception cref="ProcessStartException">The process could not be started, or the initializer failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
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

    /// <summary>Connects to a server that runs at the address.</summary>
    /// <exception cref="InvalidOperationException">The manager was made without an address.</exception>
    /// <exception cref="MultiprocException">It was started or connected before, or shut down.</exception>
    /// <exception cref="ConnectionLostException">Nobody listens there, or the server ended meanwhile.</exception>
    /// <exception cref="AuthenticationException">The server has another key.</exception>
    /// <exception cref="MultiprocTimeoutException">The server did not answer within <see cref="ConnectionOptions.ConnectTimeout"/>: it is stopped, or very busy.</exception>
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

    /// <summary>As <see cref="Connect"/>, on a thread of the pool.</summary>
    /// <param name="cancellation">Gives up waiting; the manager can be connected again.</param>
    /// <returns>A task that ends when the server can be asked.</returns>
    /// <exception cref="InvalidOperationException">The manager was made without an address.</exception>
    /// <exception cref="MultiprocException">It was started or connected before, or shut down.</exception>
    /// <exception cref="ConnectionLostException">Nobody listens there, or the server ended meanwhile.</exception>
    /// <exception cref="AuthenticationException">The server has another key.</exception>
    /// <exception cref="MultiprocTimeoutException">The server did not answer within <see cref="ConnectionOptions.ConnectTimeout"/>: it is stopped, or very busy.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
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

    /// <summary>Waits until the process of the server has ended.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the server goes on.</param>
    /// <returns>True when it has ended, false when the time ran out.</returns>
    /// <exception cref="InvalidOperationException">It was not started by this object.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) => OwnProcess.Exited.Ends(timeout, cancellation);

    /// <summary>As <see cref="Join"/>, without holding a thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the server goes on.</param>
    /// <returns>True when it has ended, false when the time ran out.</returns>
    /// <exception cref="InvalidOperationException">It was not started by this object.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) => OwnProcess.Exited.EndsAsync(timeout, cancellation);

    /// <summary>
    /// Ends the server and its objects; one that was started here is given a second (<see cref="ManagerOptions.ShutdownTimeout"/>), then it is ended by
    /// force. May be called again.
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

    /// <summary>As <see cref="Shutdown"/>, without holding a thread.</summary>
    /// <returns>A task that ends when the server has ended.</returns>
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

    /// <summary>Ends a server that was started here, as <see cref="Shutdown"/>; of one that was connected to it only lets go.</summary>
    public void Dispose()
    {
        LetGo();
        Shutdown();
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="Dispose"/>, without holding a thread.</summary>
    /// <returns>A task that ends when the server has ended.</returns>
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
            var server = new ManagerServer(GetType().Name, [.. Registry.For(GetType()).Values], this is SyncManager, initializer, new ManagerPlace(_wanted, _authKey, Tls), ReferenceLease);
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
        _root = new ObjectHandle(peer.Address!, ReferenceCommand.Keeper, MemoryAddress.None);
        _process = process;
    }

    private string BeginConnecting()
    {
        if (_wanted is null)
        {
            throw new InvalidOperationException($"{GetType().Name} has no address to connect to: give it one when it is made.");
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
            throw new ConnectionLostException($"{GetType().Name} cannot connect: no manager listens at {_wanted}. Start its server with this address first.", lost);
        }
    }

    private void Adopt(Peer peer, string endpoint)
    {
        _address = _wanted;
        LearnKey(peer.Address!.Id, isFar: !_wanted!.IsLocal);
        _root = new ObjectHandle(peer.Address! with { Endpoint = endpoint }, ReferenceCommand.Keeper, MemoryAddress.None);
    }

    private void LetGo()
    {
        if (_process is null)
        {
            _state = States.Ended;
        }
    }

    /// <returns>The process whose end is to be waited for, if there is one.</returns>
    private ChildProcess? TellShutdown()
    {
        if (Interlocked.Exchange(ref _state, States.Ended) != States.Begun || _root is null)
        {
            return null;
        }

        try
        {
            // Nobody waits for the answer, nor for room to ask: a server that is stopped or stuck would never give either.
            using (Transport.Reactor.EnterHandler())
            {
                _root.Tell(ManagerCommand.Shutdown.Instance);
            }
        }
        catch (ConnectionLostException)
        {
            // It is gone already, which is what we want.
        }

        return _process;
    }
}
