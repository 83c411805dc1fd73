using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Peers;

/// <content>Frames that come from the process.</content>
internal sealed partial class Peer
{
    public void OnFrame(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        switch ((FrameKind)reader.Byte())
        {
            case FrameKind.Ask:
                long call = (long)reader.VarUInt();
                _node.Deliver(this, new Caller(Number, call), (long)reader.VarUInt(), ref reader);
                break;
            case FrameKind.Tell:
                _node.Deliver(this, new Caller(Number, 0), (long)reader.VarUInt(), ref reader);
                break;
            case FrameKind.Reply:
                long replied = (long)reader.VarUInt();
                CallTable.Current.Finish(replied, Multiproc.States.Reply.ReadFrom(ref reader));
                break;
            case FrameKind.Cancel:
                long cancelled = (long)reader.VarUInt();
                _node.CancelCall(new Caller(Number, cancelled), (long)reader.VarUInt());
                break;
            case FrameKind.GiveUp:
                long given = (long)reader.VarUInt();
                _link.ForgetGivenUp(given);
                long asked = (long)reader.VarUInt();
                _node.GiveUp(new Caller(Number, given), asked, timedOut: reader.Bool());
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
                    throw new SerializationException($"Malformed frame: {this} sent its hello twice.");
                }

                var address = NodeAddress.ReadFrom(ref reader);
                OurNumber = reader.Natural();
                Address = address;
                _node.Peers.Introduced(this);
                _greeted.Complete();
                break;
            default:
                throw new SerializationException($"Malformed frame: kind {frame[0]} is unknown.");
        }
    }

    public void OnDelivered() => _delivered?.Invoke();

    private void DeliverService(ref WireReader reader)
    {
        byte service = reader.Byte();
        if (service >= _services.Length || _services[service] is not { } handler)
        {
            throw new SerializationException($"Malformed frame: service {service} is not available on this connection.");
        }

        handler(this, ref reader);
    }
}
