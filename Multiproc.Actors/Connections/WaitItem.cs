using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Multiproc.Connections;

/// <summary>One object that is waited for: a descriptor that poll(2) watches, or something that wakes the waiter by itself.</summary>
internal abstract class WaitItem(object given) : IDisposable
{
    public object Given => given;

    /// <summary>-1 when there is none.</summary>
    public virtual int Descriptor => -1;

    /// <summary>Of an item without a descriptor: whether it is ready.</summary>
    public virtual bool IsReady => false;

    /// <summary>From now on until disposal the waiter is woken when the item becomes ready, or is closed.</summary>
    public virtual void Arm(IWakeable waiter)
    {
    }

    /// <exception cref="IOException">It was closed here.</exception>
    public virtual void ThrowIfClosed()
    {
    }

    public abstract void Dispose();

    /// <exception cref="ArgumentException">The object cannot be waited for.</exception>
    public static WaitItem Of(object? given) => given switch
    {
        Connection connection => new EndpointItem(given, connection.Stream.Endpoint),
        Listener listener => new EndpointItem(given, listener.Endpoint),
        Socket socket => new HandleItem(given, socket.SafeHandle),
        SafeHandle handle => new HandleItem(given, handle),
        ChildProcess process => new TaskItem(given, Started(process).Exited),
        Task task => new TaskItem(given, task),
        WaitHandle handle => new SignalItem(given, handle),
        null => throw new ArgumentNullException(nameof(given), "One of the objects to wait for is null."),
        _ => throw new ArgumentException($"A {given.GetType()} cannot be waited for: give connections, listeners, sockets, processes, wait handles or tasks.", nameof(given)),
    };

    private static ChildProcess Started(ChildProcess process) =>
        process.Pid is not null ? process : throw new InvalidOperationException($"{process.Name} was not started: its end cannot be waited for.");

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
            // Takes the continuation off a task that may live much longer than this wait.
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
