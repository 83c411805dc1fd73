using Multiproc.Serialization;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Objects.Peers;

/// <summary>Reads one message of a service. Runs on the thread that delivers frames and must not block.</summary>
internal delegate void ServiceHandler(Peer peer, ref WireReader message);

/// <summary>
/// The other process of a link: both sides call objects of each other, and each learns of the other's death by
/// <see cref="OnClosed"/> after the last frame that it sent.
/// </summary>
internal sealed class Peer : ILinkHandler
{
    // A user's thread that waits for room in a ring delivers messages meanwhile, and those handlers send frames of their own:
    // hence one writer for each role of a thread.
    [ThreadStatic]
    private static WireWriter? s_writer;

    [ThreadStatic]
    private static WireWriter? s_handlerWriter;

    private readonly Home _home;
    private readonly ILink _link;
    private readonly WaitSlot _greeted = new();
    private readonly Lock _fetchGate = new();
    private readonly ServiceHandler?[] _services = new ServiceHandler?[6];
    private Action? _delivered;
    private Dictionary<long, PendingDescriptor>? _fetching;
    private volatile Exception? _lost;
    private volatile bool _closedHere;

    public Peer(Home home, ILink link, int number)
    {
        _home = home;
        _link = link;
        SharesMachine = link.SharesMachine;
        Number = number;
    }

    /// <summary>The number that this home gave to the process.</summary>
    public int Number { get; }

    /// <summary>The number that the process gave to us; valid once it has said hello.</summary>
    public int OurNumber { get; private set; }

    /// <summary>Who it is; null until it has said hello.</summary>
    public HomeAddress? Address { get; private set; }

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
        _home.Identity.WriteTo(writer);
        writer.VarUInt((uint)Number);
        Send(writer);
    }

    public void Listen() => _link.Start(this);

    /// <summary>Waits for the other side's hello.</summary>
    /// <exception cref="ConnectionLostException">It died before.</exception>
    /// <exception cref="MultiprocTimeoutException">It said nothing in time.</exception>
    public void AwaitHello(TimeSpan timeout)
    {
        if (!Reactor.Current.WaitUntil(_greeted, timeout, CancellationToken.None))
        {
            throw new MultiprocTimeoutException($"{_link.Peer} accepted the connection but did not introduce itself within {timeout.TotalSeconds:0.#} s.");
        }

        ThrowIfLost();
    }

    public Answer Ask(long target, ICommand command, CancellationToken cancellation) =>
        FinishAsk(StartAsk(target, command, Wake.Always), target, cancellation);

    /// <summary>The first half of <see cref="Ask"/>: the question is on its way when this returns.</summary>
    public BlockingCall StartAsk(long target, ICommand command, Wake wake)
    {
        ThrowIfLost();
        var call = CallTable.Current.BeginBlocking(this);
        long id = call.Id;
        try
        {
            SendAsk(id, target, command, wake);
        }
        catch (Exception)
        {
            if (call.Claim(id))
            {
                call.End();
                throw;
            }
        }

        return call;
    }

    /// <summary>The second half, on the same thread.</summary>
    public Answer FinishAsk(BlockingCall call, long target, CancellationToken cancellation) =>
        call.Wait(cancellation.CanBeCanceled ? lost => SendCancel(lost, target) : null, cancellation);

    public ValueTask<Answer> AskAsync(long target, ICommand command, Wake wake, CancellationToken cancellation)
    {
        ThrowIfLost();
        var call = CallTable.Current.RentAsync();
        var answer = call.Begin(this);
        long begun = call.Id;
        try
        {
            SendAsk(begun, target, command, wake);
        }
        catch (Exception failure)
        {
            // The waiter gets the error with the answer; when the call was failed meanwhile it has one already.
            call.TryFail(begun, failure);
        }

        // After the question: a cancellation that overtakes it finds nothing to cancel.
        call.CancelWith(id => SendCancel(id, target), begun, cancellation);
        return answer;
    }

    public void Tell(long target, ICommand command, Wake wake = Wake.Always)
    {
        var writer = Begin(FrameKind.Tell);
        writer.VarUInt((ulong)target);
        command.WriteTo(writer);
        Send(writer, wake);
    }

    /// <summary>Begins the same in a writer of one's own; the command is written next, then it is sent.</summary>
    public static void BeginTell(WireWriter writer, long target)
    {
        writer.Reset();
        writer.Byte((byte)FrameKind.Tell);
        writer.VarUInt((ulong)target);
    }

    /// <summary>Tells if the process still lives.</summary>
    public void TryTell(long target, ICommand command)
    {
        try
        {
            Tell(target, command);
        }
        catch (ConnectionLostException)
        {
            // The object is gone with its process: nobody is left to hear it.
        }
    }

    public void Answer(long call, in Answer answer)
    {
        var writer = Begin(FrameKind.Answer);
        writer.VarUInt((ulong)call);
        answer.WriteTo(writer);
        Send(writer);
    }

    /// <summary>Answers if the caller still lives; if not, its death tells the objects what they must know.</summary>
    public void TryAnswer(long call, in Answer answer)
    {
        try
        {
            Answer(call, answer);
        }
        catch (ConnectionLostException)
        {
            // Nobody is left to hear it.
        }
    }

    /// <summary>Begins a message of a service; finish it with <see cref="Send"/>.</summary>
    public WireWriter BeginService(Service service)
    {
        var writer = Begin(FrameKind.Service);
        writer.Byte((byte)service);
        return writer;
    }

    /// <summary>The same in a writer of one's own, which code that sends frames cannot overwrite before it is sent.</summary>
    public static void BeginService(WireWriter writer, Service service)
    {
        writer.Reset();
        writer.Byte((byte)FrameKind.Service);
        writer.Byte((byte)service);
    }

    /// <exception cref="ConnectionLostException">The process is gone.</exception>
    public void Send(WireWriter writer, Wake wake = Wake.Always)
    {
        ThrowIfLost();
        _link.Send(writer, wake);
    }

    /// <summary>See <see cref="ILink.Draft"/>.</summary>
    public Transport.Rings.RingDraft? Draft => _link.Draft;

    /// <exception cref="ConnectionLostException">The process is gone.</exception>
    public void SendDraft(Wake wake)
    {
        ThrowIfLost();
        _link.SendDraft(wake);
    }

    /// <summary>Rings for what was sent with <see cref="Wake.Later"/>.</summary>
    public void Announce(Wake wake) => _link.Announce(wake);

    /// <summary>Fetches a mapping of one of the peer's segments.</summary>
    public SharedMemory.MappedMemory FetchMemory(long token)
    {
        if (!SharesMachine)
        {
            return _link.ReceiveMemory(token);
        }

        var writer = Begin(FrameKind.Memory);
        writer.VarUInt((ulong)token);
        Send(writer);
        return _link.ReceiveMemory(token);
    }

    /// <summary>Asks for a descriptor that the peer has sent us; it is completed when it comes, or when the peer is lost.</summary>
    /// <exception cref="ConnectionLostException">The process is gone.</exception>
    public void FetchDescriptor(PendingDescriptor pending)
    {
        lock (_fetchGate)
        {
            ThrowIfLost();
            (_fetching ??= [])[pending.Token] = pending;
        }

        var writer = Begin(FrameKind.Descriptor);
        writer.VarUInt((ulong)pending.Token);
        Send(writer);
    }

    public void Close()
    {
        _closedHere = true;
        _link.Dispose();
    }

    public void OnDescriptor(long token, SafeDescriptor? descriptor)
    {
        PendingDescriptor? pending = null;
        lock (_fetchGate)
        {
            _fetching?.Remove(token, out pending);
        }

        if (pending is null)
        {
            descriptor?.Dispose();
        }
        else
        {
            pending.Complete(descriptor, null);
        }
    }

    /// <summary>Calls the process by a name that it had not yet when it said hello.</summary>
    public void Rename(string name) => Address = Address! with { Name = name };

    public void OnFrame(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        switch ((FrameKind)reader.Byte())
        {
            case FrameKind.Ask:
                long call = (long)reader.VarUInt();
                _home.Deliver(this, new Caller(Number, call), (long)reader.VarUInt(), ref reader);
                break;
            case FrameKind.Tell:
                _home.Deliver(this, new Caller(Number, 0), (long)reader.VarUInt(), ref reader);
                break;
            case FrameKind.Answer:
                long answered = (long)reader.VarUInt();
                CallTable.Current.Finish(answered, Objects.Answer.ReadFrom(ref reader));
                break;
            case FrameKind.Cancel:
                long cancelled = (long)reader.VarUInt();
                _home.CancelCall(new Caller(Number, cancelled), (long)reader.VarUInt());
                break;
            case FrameKind.Memory:
                GiveMemory((long)reader.VarUInt());
                break;
            case FrameKind.Descriptor:
                GiveDescriptor((long)reader.VarUInt());
                break;
            case FrameKind.Service:
                DeliverService(ref reader);
                break;
            case FrameKind.Hello:
                if (Address is not null)
                {
                    throw new SerializationException($"Malformed frame: {this} introduces itself twice.");
                }

                var address = HomeAddress.ReadFrom(ref reader);
                OurNumber = reader.Natural();
                Address = address;
                _home.Introduced(this);
                _greeted.Complete();
                break;
            default:
                throw new SerializationException($"Malformed frame: kind {frame[0]} is unknown.");
        }
    }

    public void OnDelivered() => _delivered?.Invoke();

    public void OnClosed(Exception? reason)
    {
        _lost = reason ?? new ConnectionLostException($"The connection to {this} was closed by this process.");
        CallTable.Current.FailAll(this, SharesMachine ? Lost : OutcomeUnknown);
        _greeted.Complete();
        FailFetching();
        _home.Forget(this);
        Closed?.Invoke(this, reason);
    }

    public override string ToString() => Address?.ToString() ?? _link.Peer;

    private static WireWriter Begin(FrameKind kind)
    {
        var writer = Reactor.InHandler ? s_handlerWriter ??= new WireWriter() : s_writer ??= new WireWriter();
        writer.Reset();
        writer.Byte((byte)kind);
        return writer;
    }

    private void GiveDescriptor(long token)
    {
        if (!SharesMachine)
        {
            _link.SendDescriptor(token, null);
            return;
        }

        using var descriptor = _home.Descriptors.Take(token);
        try
        {
            _link.SendDescriptor(token, descriptor);
        }
        catch (ConnectionLostException)
        {
            // It died after it asked, as above.
        }
    }

    private void FailFetching()
    {
        PendingDescriptor[] lost;
        lock (_fetchGate)
        {
            lost = _fetching is null ? [] : [.. _fetching.Values];
            _fetching = null;
        }

        foreach (var pending in lost)
        {
            pending.Complete(null, Lost());
        }
    }

    private void SendAsk(long call, long target, ICommand command, Wake wake)
    {
        var writer = Begin(FrameKind.Ask);
        writer.VarUInt((ulong)call);
        writer.VarUInt((ulong)target);
        command.WriteTo(writer);
        Send(writer, wake);
    }

    private void SendCancel(long call, long target)
    {
        if (IsLost)
        {
            return; // The loss of the peer has ended the call already.
        }

        var writer = Begin(FrameKind.Cancel);
        writer.VarUInt((ulong)call);
        writer.VarUInt((ulong)target);
        Send(writer);
    }

    private void GiveMemory(long token)
    {
        try
        {
            _home.Memory.Give(token, segment => _link.SendMemory(token, segment));
        }
        catch (ConnectionLostException)
        {
            // It asked and died: nobody is left to map it, and the link tells of its end by itself.
        }
        catch (NotSupportedException impossible)
        {
            throw new SerializationException($"Malformed frame: {this} asks for memory over a link that carries none.", impossible);
        }
    }

    private void DeliverService(ref WireReader reader)
    {
        byte service = reader.Byte();
        if (service >= _services.Length || _services[service] is not { } handler)
        {
            throw new SerializationException($"Malformed frame: service {service} is not spoken on this connection.");
        }

        handler(this, ref reader);
    }

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
