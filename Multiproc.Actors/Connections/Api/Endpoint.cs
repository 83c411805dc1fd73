using System.Runtime.InteropServices;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>
/// A socket of this process and the threads that sleep until it is ready. Closing it wakes them; other processes that have the same socket
/// are not affected.
/// </summary>
internal sealed class Endpoint : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<IWakeable> _sleepers = [];
    private readonly string _kind;
    private readonly IPendingHandle? _pending;
    private volatile SafeHandle? _handle;
    private volatile bool _closed;

    public Endpoint(SafeHandle handle, string kind)
    {
        _handle = handle;
        _kind = kind;
    }

    /// <summary>Wraps a socket that another process has sent.</summary>
    public Endpoint(IPendingHandle pending, string kind)
    {
        _pending = pending;
        _kind = kind;
    }

    public bool IsClosed => _closed;

    /// <summary>The number of threads of this process that sleep on the socket or are about to: closing it now would wake them.</summary>
    public int Sleepers
    {
        get
        {
            lock (_gate)
            {
                return _sleepers.Count;
            }
        }
    }

    /// <exception cref="IOException">The socket is closed.</exception>
    public SafeHandle Handle
    {
        get
        {
            ThrowIfClosed();
            return _handle ?? Arrive();
        }
    }

    public static bool IsSupported => SharedMemory.Platform.UsesLinux;

    public static void RequireSupport()
    {
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException(
                "Pipes, listeners and clients are supported on Linux; on Windows only listeners and clients at pipe names.");
        }
    }

    /// <summary>Keeps the descriptor open until <see cref="Release"/>.</summary>
    /// <exception cref="IOException">The socket is closed.</exception>
    public int Acquire()
    {
        var handle = Handle;
        bool taken = false;
        try
        {
            handle.DangerousAddRef(ref taken);
        }
        catch (ObjectDisposedException)
        {
            throw Closed();
        }

        return (int)handle.DangerousGetHandle();
    }

    public void Release() => _handle!.DangerousRelease();

    public Holding Hold(out int descriptor)
    {
        descriptor = Acquire();
        return new Holding(this);
    }

    /// <summary>Sleeps until the socket is ready.</summary>
    /// <returns>False if the timeout expired.</returns>
    /// <exception cref="IOException">The socket was closed in this process during the wait.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public bool Wait(short wanted, Deadline deadline, CancellationToken cancellation)
    {
        using var hold = Hold(out int descriptor);
        var sleeper = Sleeper.Current;
        Span<SocketCalls.PollEntry> entries = stackalloc SocketCalls.PollEntry[2];
        Add(sleeper);
        try
        {
            using var registration = cancellation.UnsafeRegister(static sleeper => ((IWakeable)sleeper!).Wake(), sleeper);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                ThrowIfClosed();
                entries[1] = new SocketCalls.PollEntry { Descriptor = descriptor, Wanted = wanted };
                sleeper.Poll(entries, deadline);
                if (entries[1].Seen != 0)
                {
                    return true;
                }

                if (deadline.HasPassed)
                {
                    return false;
                }
            }
        }
        finally
        {
            Remove(sleeper);
        }
    }

    /// <summary>Asynchronously sleeps until the socket is ready.</summary>
    public async ValueTask<bool> WaitAsync(short wanted, Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (deadline.HasPassed)
        {
            // Another thread watches the socket, which would be too late for a poll that does not wait.
            return Wait(wanted, deadline, cancellation);
        }

        int descriptor = Acquire();
        var pulse = new Pulse();
        try
        {
            Add(pulse);
            using var watch = Readiness.Current.Begin(descriptor, wanted, pulse);
            bool woken = await pulse.WaitAsync(deadline, cancellation).ConfigureAwait(false);
            ThrowIfClosed();
            return woken;
        }
        finally
        {
            Remove(pulse);
            Release();
        }
    }

    /// <summary>Registers a sleeper that <see cref="Dispose"/> wakes.</summary>
    /// <exception cref="IOException">The socket is closed.</exception>
    public void Add(IWakeable sleeper)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            _sleepers.Add(sleeper);
        }
    }

    public void Remove(IWakeable sleeper)
    {
        lock (_gate)
        {
            _sleepers.Remove(sleeper);
        }
    }

    public void ThrowIfClosed()
    {
        if (_closed)
        {
            throw Closed();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            foreach (var sleeper in _sleepers)
            {
                sleeper.Wake();
            }
        }

        _pending?.Abandon();
        _handle?.Dispose();
    }

    private SafeHandle Arrive()
    {
        try
        {
            return _handle = _pending!.Wait();
        }
        catch (ConnectionLostException) when (_closed)
        {
            throw Closed();
        }
    }

    private IOException Closed() => new($"The {_kind} is closed: it was closed in this process, and can be neither used nor sent.");

    internal readonly ref struct Holding(Endpoint endpoint)
    {
        public void Dispose() => endpoint.Release();
    }
}
