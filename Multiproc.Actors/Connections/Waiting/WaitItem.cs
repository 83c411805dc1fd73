using System.Net.Sockets;
using System.Runtime.InteropServices;
using Multiproc.Connections.Pipes;

namespace Multiproc.Connections;

/// <summary>One object of a wait: a descriptor that poll(2) watches, or an object that wakes the waiter by itself.</summary>
internal abstract class WaitItem(object given) : IDisposable
{
    public object Given => given;

    /// <summary>The descriptor to watch; -1 if there is none.</summary>
    public virtual int Descriptor => -1;

    /// <summary>Whether an item without a descriptor is ready.</summary>
    public virtual bool IsReady => false;

    /// <summary>Has the waiter woken, until disposal, when the item becomes ready or is closed.</summary>
    public virtual void Arm(IWakeable waiter)
    {
    }

    /// <summary>The interval at which to poll the item; null for never.</summary>
    public virtual TimeSpan? CheckAgain => null;

    /// <summary>Whether <see cref="IsReady"/> decides about readiness, rather than the descriptor.</summary>
    public virtual bool KnowsBetter => Descriptor < 0;

    /// <summary>Called before each check: arms the descriptor.</summary>
    public virtual void BeforeLook()
    {
    }

    /// <summary>Called when the descriptor is ready, though the item itself may not be.</summary>
    public virtual void AfterWake()
    {
    }

    /// <exception cref="IOException">The connection was closed in this process.</exception>
    public virtual void ThrowIfClosed()
    {
    }

    public abstract void Dispose();

    /// <exception cref="ArgumentException">The object cannot be waited for.</exception>
    public static WaitItem Of(object? given) => given switch
    {
        Connection { Stream: PipeStream pipe } => new PipeItem(given, pipe),
        Connection connection => new EndpointItem(given, connection.Stream.Endpoint),
        Listener listener => new EndpointItem(given, listener.Endpoint),
        Socket socket => new HandleItem(given, socket.SafeHandle),
        PipeHandle => throw new ArgumentException("The handle of a pipe cannot be waited for: pass the connection.", nameof(given)),
        SafeHandle handle => new HandleItem(given, handle),
        ChildProcess process => new TaskItem(given, Started(process).Exited),
        Task task => new TaskItem(given, task),
        WaitHandle handle => new SignalItem(given, handle),
        null => throw new ArgumentNullException(nameof(given), "One of the objects to wait for is null."),
        _ =>
            throw new ArgumentException(
                $"A {given.GetType()} cannot be waited for: give connections, listeners, sockets, processes, wait handles or tasks.", nameof(given)),
    };

    private static ChildProcess Started(ChildProcess process) =>
        process.HostPid is not null ? process : throw new InvalidOperationException($"{process.Name} was not started: its end cannot be waited for.");

    private sealed class EndpointItem : WaitItem
    {
        private readonly Endpoint _endpoint;
        private readonly int _descriptor;
        private IWakeable? _waiter;

        public EndpointItem(object given, Endpoint endpoint)
            : base(given)
        {
            _endpoint = endpoint;
            _descriptor = endpoint.Acquire();
        }

        public override int Descriptor => _descriptor;

        public override void Arm(IWakeable waiter)
        {
            _endpoint.Add(waiter);
            _waiter = waiter;
        }

        public override void ThrowIfClosed() => _endpoint.ThrowIfClosed();

        public override void Dispose()
        {
            if (_waiter is not null)
            {
                _endpoint.Remove(_waiter);
            }

            _endpoint.Release();
        }
    }

    private sealed class PipeItem : WaitItem
    {
        private static readonly TimeSpan s_sharedPeriod = TimeSpan.FromMilliseconds(50);

        private readonly PipeStream _stream;
        private readonly PipeHandle _pipe;
        private IWakeable? _waiter;

        public PipeItem(object given, PipeStream stream)
            : base(given)
        {
            _stream = stream;
            stream.Endpoint.Acquire();
            _pipe = stream.Pipe;
        }

        public override int Descriptor => _pipe.Socket;

        public override bool KnowsBetter => true;

        public override bool IsReady => _stream.IsReady();

        public override TimeSpan? CheckAgain => _waiter is null ? null : _pipe.SharesBell ? s_sharedPeriod : _pipe.CheckAgain;

        public override void Arm(IWakeable waiter)
        {
            _stream.Endpoint.Add(waiter);
            _waiter = waiter;
            _pipe.BeginPolling(waiter);
        }

        public override void BeforeLook()
        {
            if (_waiter is not null)
            {
                _pipe.ArmData();
            }
        }

        public override void AfterWake()
        {
            if (_waiter is not null && !_pipe.Reader.HasUnread)
            {
                _pipe.TakeBells(_waiter);
            }
        }

        public override void ThrowIfClosed() => _stream.Endpoint.ThrowIfClosed();

        public override void Dispose()
        {
            if (_waiter is not null)
            {
                _pipe.EndPolling(_waiter);
                _stream.Endpoint.Remove(_waiter);
            }

            _stream.Endpoint.Release();
        }
    }

    private sealed class HandleItem : WaitItem
    {
        private readonly SafeHandle _handle;

        public HandleItem(object given, SafeHandle handle)
            : base(given)
        {
            _handle = handle;
            bool taken = false;
            handle.DangerousAddRef(ref taken);
        }

        public override int Descriptor => (int)_handle.DangerousGetHandle();

        public override void Dispose() => _handle.DangerousRelease();
    }

    private sealed class TaskItem(object given, Task task) : WaitItem(given)
    {
        private readonly CancellationTokenSource _end = new();

        public override bool IsReady => task.IsCompleted;

        public override void Arm(IWakeable waiter) =>
            _ = task.ContinueWith(_ => waiter.Wake(), _end.Token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        public override void Dispose()
        {
            // Removes the continuation from a task that may live much longer than this wait.
            _end.Cancel();
            _end.Dispose();
        }
    }

    private sealed class SignalItem(object given, WaitHandle handle) : WaitItem(given)
    {
        private RegisteredWaitHandle? _registration;
        private volatile bool _signalled;

        public override bool IsReady => _signalled || (_registration is null && (_signalled = handle.WaitOne(0)));

        public override void Arm(IWakeable waiter) => _registration = ThreadPool.UnsafeRegisterWaitForSingleObject(
            handle,
            (_, timedOut) =>
            {
                _signalled |= !timedOut;
                waiter.Wake();
            },
            null,
            Timeout.InfiniteTimeSpan,
            executeOnlyOnce: true);

        public override void Dispose() => _registration?.Unregister(null);
    }
}
