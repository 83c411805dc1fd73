using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <content>Saving and restoring, so that not all of the journal must be replayed.</content>
internal sealed partial class EntityCore
{
    private const byte Format = 2;

    /// <summary>At least this many records lie between two savings.</summary>
    private const int LeastRecords = 1000;

    private long _savedAt;
    private long _savedBytes;
    private long _bytesSince;

    /// <summary>Whether as much has been written since the last saving as that had written: so saving at most doubles what is written.</summary>
    public bool IsWorthSaving =>
        _failure is null && !IsVolatile && _object is { IsDurable: true } && Sequence - _savedAt >= LeastRecords && _bytesSince >= _savedBytes;

    /// <summary>Saves the object as it is after the record <see cref="Sequence"/>.</summary>
    public byte[] Save()
    {
        using var writer = new WireWriter();
        writer.Byte(Format);
        writer.VarInt(Sequence);
        writer.Write(Spec!);
        writer.VarInt(Incarnation);
        writer.VarInt(_clock.Last.Ticks);
        writer.VarInt(_deadline.Ticks);
        writer.VarUInt((uint)_lastProcess);
        _ended.Save(writer);
        var journaled = _sessions.Values.Where(static each => each.Applied > 0).ToArray();
        writer.VarUInt((uint)journaled.Length);
        foreach (var session in journaled)
        {
            writer.Write(session.Id);
            session.Save(writer);
        }

        writer.VarUInt((uint)_waiting.Count);
        foreach (var (caller, (session, number)) in _waiting)
        {
            writer.Caller(caller);
            writer.Write(session.Id);
            writer.VarInt(number);
        }

        _object!.Save(writer);
        byte[] saved = writer.ToArray();
        (_savedAt, _savedBytes, _bytesSince) = (Sequence, saved.Length, 0);
        return saved;
    }

    /// <summary>Restores what was saved, before the records after it are replayed.</summary>
    public void Restore(byte[] saved)
    {
        var reader = new WireReader(saved);
        byte format = reader.Byte();
        if (format != Format)
        {
            throw new SerializationException(
                $"The saved state of an object has format {format}, which this version does not know: it was written by another one. Update this node.");
        }

        Sequence = reader.VarInt();
        Spec = reader.ReadSpec();
        Incarnation = reader.VarInt();
        _clock.Pass(new Instant(reader.VarInt()));
        _deadline = new Instant(reader.VarInt());
        _lastProcess = reader.Natural();
        _ended.Restore(ref reader);
        _sessions.Clear();
        _waiting.Clear();
        for (int left = reader.Count(); left > 0; left--)
        {
            Enter(reader.ReadSession()).Restore(ref reader);
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            var caller = reader.Caller();
            var session = reader.ReadSession();
            _waiting.Add(caller, (_sessions[session], reader.VarInt()));
        }

        _object?.Dispose();
        _object = new EntityObject(Spec, Incarnation);
        _object.Restore(ref reader);
        (_savedAt, _savedBytes) = (Sequence, saved.Length);
    }
}
