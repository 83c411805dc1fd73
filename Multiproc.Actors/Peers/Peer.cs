using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <summary>Reads one message of a service. Runs on the thread that delivers frames and must not block.</summary>
internal delegate void ServiceHandler(Peer peer, ref WireReader message);

/// <summary>
/// The other process of a link: both sides call objects of each other, and each learns of the other's death by
/// <see cref="OnClosed"/> after the last frame that it sent.
/// </summary>
internal sealed partial class Peer : ILinkHandler, IMemoryOwner
{
    private const int Services = (int)Service.ProcessNumber + 1;

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

    /// <summary>The number that the process gave to us; valid once it has said hello.</summary>
    public int OurNumber { get; private set; }

    /// <summary>Who it is; null until it has said hello.</summary>
    public NodeAddress? Address { get; private set; }

    public bool IsLost => _lost is not null;

    /// <summary>Whether memory and descriptors can be shared with it.</summary>
    public bool SharesMachine { get; }

    /// <summary>It is on another machine, and its connection broke: it may live on, and can be connected to again.</summary>
    public bool MayComeBack => !SharesMachine && _lost is null or ConnectionLostException { IsFinal: false } && !_closedHere;

    /// <summary>For a process of another machine that came to us: what it calls its session.</summary>
    public Guid? Session { get; init; }

    /// <summary>Raised once, after the last frame. Handlers must not block.</summary>
    public event Action<Peer, Exception?>? Closed;

    /// <param name="service">Whose messages.</param>
    /// <param name="handler">Called for each.</param>
    /// <param name="delivered">Called when all messages that had come are delivered.</param>
    public void Serve(Service service, ServiceHandler handler, Action? delivered = null)
    {
        _services[(int)service] = handler;
        _delivered = delivered ?? _delivered;
    }

    /// <summary>Says who we are and begins to listen.</summary>
    public void Start()
    {
        SayHello();
        Listen();
    }

    /// <summary>The same for a process that may have ended before it heard anything: its end is told as any end is.</summary>
    public void TryStart()
    {
        try
        {
            SayHello();
        }
        catch (ConnectionLostException)
        {
            // Who listens is told.
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
    /// <exception cref="ConnectionLostException">It died before.</exception>
    /// <exception cref="MultiprocTimeoutException">It said nothing in time.</exception>
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

    /// <summary>Calls the process by a name that it had not yet when it said hello.</summary>
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
        $"The connection to {this} was lost during a call ({_lost!.Message}) It may have been carried out or not, and was not repeated: look at the object, then decide.", _lost);

    private ConnectionLostException Lost() =>
        new($"The connection to {this} is lost: {(_lost is ConnectionLostException ? "it has ended, or one of the two closed the connection." : _lost!.Message)} Its objects are gone with it.", _lost);
}
