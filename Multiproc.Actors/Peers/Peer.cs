using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <summary>Reads one message of a service. Runs on the thread that delivers frames and must not block.</summary>
internal delegate void ServiceHandler(Peer peer, ref WireReader message);

/// <summary>
/// The other process of a link. Both sides call objects of each other, and each learns of the other's death by <see cref="OnClosed"/>, after the last frame
/// that the other sent.
/// </summary>
internal sealed partial class Peer : ILinkHandler, IMemoryOwner
{
    private const int Services = (int)Service.Actors + 1;

    private readonly Node _node;
    private readonly ILink _link;
    private readonly WaitSlot _greeted = new();
    private readonly ServiceHandler?[] _services = new ServiceHandler?[Services];
    private Action? _delivered;
    private volatile Exception? _lost;
    private volatile bool _closedHere;

    public Peer(Node node, ILink link, int number)
    {
        _node = node;
        _link = link;
        SharesMachine = link.SharesMachine;
        Number = number;
    }

    /// <summary>The number that this node gave to the process.</summary>
    public int Number { get; }

    /// <summary>The number that the process gave to this one; valid once its hello has come.</summary>
    public int OurNumber { get; private set; }

    /// <summary>The address of the process; null until its hello has come.</summary>
    public NodeAddress? Address { get; private set; }

    public bool IsLost => _lost is not null;

    /// <summary>Whether memory and descriptors can be shared with it.</summary>
    public bool SharesMachine { get; }

    /// <summary>Whether the process is on another machine and its connection broke: it may still be alive, and can be reconnected to.</summary>
    public bool MayComeBack => !SharesMachine && _lost is null or ConnectionLostException { IsFinal: false } && !_closedHere;

    /// <summary>The session id that a process of another machine chose when it connected to this one.</summary>
    public Guid? Session { get; init; }

    /// <summary>Raised once, after the last frame. Handlers must not block.</summary>
    public event Action<Peer, Exception?>? Closed;

    /// <param name="service">The service that receives the messages.</param>
    /// <param name="handler">Called for each message.</param>
    /// <param name="delivered">Called when all messages that had arrived were delivered.</param>
    public void Serve(Service service, ServiceHandler handler, Action? delivered = null)
    {
        _services[(int)service] = handler;
        _delivered = delivered ?? _delivered;
    }

    /// <summary>Sends the hello of this process and begins to read.</summary>
    public void Start()
    {
        SayHello();
        Listen();
    }

    /// <summary>Sends the hello and begins to read, for a process that may already have ended: its end is reported like any other.</summary>
    public void TryStart()
    {
        try
        {
            SayHello();
        }
        catch (ConnectionLostException)
        {
            // Handlers of the event are told.
        }

        Listen();
    }

    public void SayHello()
    {
        var writer = Begin(FrameKind.Hello);
        _node.Identity.WriteTo(writer);
        writer.VarUInt((uint)Number);
        Send(writer);
    }

    public void Listen() => _link.Start(this);

    /// <summary>Waits for the other side's hello.</summary>
    /// <exception cref="ConnectionLostException">The process died before that.</exception>
    /// <exception cref="MultiprocTimeoutException">No hello came in time.</exception>
    public void AwaitHello(WaitTimeout timeout)
    {
        if (!Reactor.Current.WaitUntil(_greeted, timeout, CancellationToken.None))
        {
            throw new MultiprocTimeoutException($"{_link.Peer} accepted the connection but did not introduce itself within {timeout}.");
        }

        ThrowIfLost();
    }

    public void Close()
    {
        _closedHere = true;
        _link.Dispose();
    }

    /// <summary>Gives the process a name that it did not have yet when it sent its hello.</summary>
    public void Rename(string name) => Address = Address! with { Name = name };

    public void OnClosed(Exception? reason)
    {
        _lost = reason ?? new ConnectionLostException($"The connection to {this} was closed by this process.");
        CallTable.Current.FailAll(this, SharesMachine ? Lost : OutcomeUnknown);
        _greeted.Complete();
        FailFetching();
        _node.Peers.Forget(this);
        Closed?.Invoke(this, reason);
    }

    public override string ToString() => Address?.ToString() ?? _link.Peer;

    private void ThrowIfLost()
    {
        if (_lost is not null)
        {
            throw Lost();
        }
    }

    private OutcomeUnknownException OutcomeUnknown() => new(
        $"The connection to {this} was lost during a call ({_lost!.Message}) The call may or may not have been carried out, and was not repeated: "
        + "check the object before you call again.",
        _lost);

    private ConnectionLostException Lost() =>
        new(
            $"The connection to {this} is lost: "
                + $"{(_lost is ConnectionLostException ? "it has ended, or one of the two closed the connection." : _lost!.Message)} Its objects are gone "
                    + "with it.",
            _lost);
}
