using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace Multiproc.Actors.Remote;

/// <summary>One end of an association of Akka's own transport.</summary>
internal sealed class LinkAssociationHandle : AssociationHandle
{
    private readonly Lock _gate = new();
    private readonly LinkTransport _transport;
    private readonly Queue<IHandleEvent> _early = [];
    private readonly long _theirs;
    private IHandleEventListener? _listener;
    private bool _hasEnded;

    public LinkAssociationHandle(LinkTransport transport, Address localAddress, Address remoteAddress, object link, long number, long theirs)
        : base(localAddress, remoteAddress)
    {
        _transport = transport;
        Link = link;
        Number = number;
        _theirs = theirs;
        _ = ReadHandlerSource.Task.ContinueWith(
            listener => Listen(listener.Result),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>What the association came over, and ends with.</summary>
    public object Link { get; }

    public long Number { get; }

    public override bool Write(ByteString payload) =>
        !Volatile.Read(ref _hasEnded) && _transport.TrySend(RemoteAddress, ActorFrame.Unit, _theirs, payload.Span);

    [Obsolete("Akka calls the variant with a reason, which calls this one.")]
    public override void Disassociate() => End(tellOther: true);

    public void Receive(ByteString payload) => Notify(new InboundPayload(payload));

    public void End(bool tellOther)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            Volatile.Write(ref _hasEnded, true);
        }

        _transport.Forget(this);
        if (tellOther)
        {
            _transport.TrySend(RemoteAddress, ActorFrame.Disassociate, _theirs, default);
        }
        else
        {
            Notify(new Disassociated(DisassociateInfo.Unknown));
        }
    }

    private void Listen(IHandleEventListener listener)
    {
        lock (_gate)
        {
            _listener = listener;
            while (_early.TryDequeue(out var missed))
            {
                listener.Notify(missed);
            }
        }
    }

    /// <summary>In order: what comes before Akka listens waits for it.</summary>
    private void Notify(IHandleEvent happened)
    {
        lock (_gate)
        {
            if (_listener is { } listener)
            {
                listener.Notify(happened);
            }
            else
            {
                _early.Enqueue(happened);
            }
        }
    }
}
