using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using Google.Protobuf;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Actors.Remote;

/// <summary>
/// Akka's own kind of transport over links. References of <see cref="LinkActorRefProvider"/> do not use it; it is what Akka's remoting beside them wants: an
/// address to listen at, and associations for whoever asks Akka's endpoints for one.
/// </summary>
internal sealed class LinkTransport : Akka.Remote.Transport.Transport, ILinkUnits
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<long, LinkAssociationHandle> _handles = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource<AssociationHandle>> _asked = new();
    private readonly ILinkWire _wire;
    private IAssociationEventListener? _listener;
    private long _lastNumber;

    /// <summary>For Akka, which makes transports by their names in the configuration.</summary>
    public LinkTransport(ActorSystem system, Config config)
        : this(system, config, new NodeWire(system))
    {
    }

    public LinkTransport(ActorSystem system, Config config, ILinkWire wire)
    {
        System = system;
        Config = config;
        SchemeIdentifier = ProcessAddress.Scheme;
        MaximumPayloadBytes = int.MaxValue / 2;
        _wire = wire;
    }

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        _wire.Listen(this);
        var listening = new TaskCompletionSource<IAssociationEventListener>();
        _ = listening.Task.ContinueWith(
            listener => Volatile.Write(ref _listener, listener.Result),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return Task.FromResult((_wire.Address, listening));
    }

    public override bool IsResponsibleFor(Address remote) => true;

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        long number = Interlocked.Increment(ref _lastNumber);
        var asked = new TaskCompletionSource<AssociationHandle>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[number] = asked;
        try
        {
            if (!_wire.TrySend(remoteAddress, writer =>
            {
                writer.Byte((byte)ActorFrame.Associate);
                writer.VarUInt((ulong)number);
                writer.String(_wire.Address.System);
                writer.String(_wire.Address.Host);
            }))
            {
                throw new InvalidAssociationException($"No process can be reached at {remoteAddress}.");
            }

            return await asked.Task.WaitAsync(s_patience).ConfigureAwait(false);
        }
        catch (TimeoutException slow)
        {
            throw new InvalidAssociationException(
                $"{remoteAddress} did not answer within {s_patience.TotalSeconds:0} s: it is stopped, or has no actor system.", slow);
        }
        finally
        {
            _asked.TryRemove(number, out _);
        }
    }

    public override Task<bool> Shutdown()
    {
        foreach (var handle in _handles.Values)
        {
            handle.End(tellOther: true);
        }

        _wire.Close();
        return Task.FromResult(true);
    }

    public void OnFrame(Peer peer, ActorFrame kind, ref WireReader reader) => OnFrame(_wire.AddressOf(peer), peer, kind, ref reader);

    public void OnClosed(Peer peer) => OnClosed((object)peer);

    /// <param name="from">The address of the sender's transport.</param>
    /// <param name="link">What the frame came over: handles end with it.</param>
    /// <param name="kind">The kind of the frame.</param>
    /// <param name="reader">The rest of the frame.</param>
    /// <exception cref="SerializationException">The frame is malformed.</exception>
    public void OnFrame(Address from, object link, ActorFrame kind, ref WireReader reader)
    {
        switch (kind)
        {
            case ActorFrame.Associate:
                Accept(link, (long)reader.VarUInt(), new Address(SchemeIdentifier, reader.String(), reader.String(), ProcessAddress.Port));
                break;
            case ActorFrame.Associated:
                long theirs = (long)reader.VarUInt();
                Associated(from, link, (long)reader.VarUInt(), theirs);
                break;
            case ActorFrame.Unit:
                if (_handles.TryGetValue((long)reader.VarUInt(), out var receiver))
                {
                    receiver.Receive(ByteString.CopyFrom(reader.Rest()));
                }

                break;
            case ActorFrame.Disassociate:
                if (_handles.TryGetValue((long)reader.VarUInt(), out var ended))
                {
                    ended.End(tellOther: false);
                }

                break;
            default:
                throw new SerializationException($"Malformed frame: {kind} is no frame of a transport.");
        }
    }

    public void OnClosed(object link)
    {
        foreach (var handle in _handles.Values.Where(handle => ReferenceEquals(handle.Link, link)))
        {
            handle.End(tellOther: false);
        }
    }

    public bool TrySend(Address to, ActorFrame kind, long number, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        return _wire.TrySend(to, writer =>
        {
            writer.Byte((byte)kind);
            writer.VarUInt((ulong)number);
            writer.Raw(copy);
        });
    }

    public void Forget(LinkAssociationHandle handle) => _handles.TryRemove(handle.Number, out _);

    private void Accept(object link, long theirs, Address remote)
    {
        if (Volatile.Read(ref _listener) is not { } listener)
        {
            // Not listening yet: the other side's time runs out, and it tries again.
            return;
        }

        long number = Interlocked.Increment(ref _lastNumber);
        var handle = new LinkAssociationHandle(this, _wire.Address, remote, link, number, theirs);
        _handles[number] = handle;
        if (!_wire.TrySend(remote, writer =>
        {
            writer.Byte((byte)ActorFrame.Associated);
            writer.VarUInt((ulong)number);
            writer.VarUInt((ulong)theirs);
        }))
        {
            Forget(handle);
            return;
        }

        listener.Notify(new InboundAssociation(handle));
    }

    private void Associated(Address from, object link, long ours, long theirs)
    {
        if (_asked.TryRemove(ours, out var asked))
        {
            var handle = new LinkAssociationHandle(this, _wire.Address, from, link, ours, theirs);
            _handles[ours] = handle;
            asked.TrySetResult(handle);
        }
    }
}

/// <summary>What a transport sends its frames by.</summary>
internal interface ILinkWire
{
    /// <summary>The address of this side's transport.</summary>
    Address Address { get; }

    Address AddressOf(Peer peer);

    void Listen(ILinkUnits units);

    /// <summary>Sends a frame, whose content the action writes.</summary>
    /// <returns>False when nobody can be reached at the address.</returns>
    bool TrySend(Address to, Action<WireWriter> content);

    void Close();
}
