using System.Threading.Tasks.Sources;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <summary>An awaited call; pooled by the <see cref="CallTable"/>. Continuations never run on the thread that delivers replies.</summary>
internal sealed class AsyncCall : PendingCall, IValueTaskSource<Reply>
{
    private readonly CallTable _table;
    private ManualResetValueTaskSourceCore<Reply> _source;
    private CancellationTokenRegistration _registration;
    private CallWatch? _watch;

    public AsyncCall(CallTable table, int index)
        : base(index)
    {
        _table = table;
        _source.RunContinuationsAsynchronously = true;
    }

    public ValueTask<Reply> Begin(Peer? peer)
    {
        _source.Reset();
        Open(peer);
        return new ValueTask<Reply>(this, _source.Version);
    }

    /// <summary>
    /// For a call to an object of this process: asks the node to cancel it when <paramref name="cancellation"/> is cancelled. The reply still decides.
    /// </summary>
    public void CancelWith(Action<long> cancelCall, long id, CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
        {
            _registration = cancellation.UnsafeRegister(_ => cancelCall(id), null);
        }
    }

    /// <summary>Ends the call at the caller's own time limit when no reply comes.</summary>
    public void Limit(Peer peer, ObjectHandle target, IWireCommand command, long id, in WaitLimit limit) =>
        (_watch ??= new CallWatch(this)).Begin(peer, target, command, id, limit);

    public void GiveUpWith(in Reply reply) => OnReply(reply);

    public void GiveUpWith(Exception reason) => OnFailure(reason);

    public Reply GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _registration.Unregister();
            _registration = default;
            _watch?.End();
            _table.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    protected override void OnReply(in Reply reply) => _source.SetResult(reply with { Call = Id });

    protected override void OnFailure(Exception reason) => _source.SetException(reason);
}
