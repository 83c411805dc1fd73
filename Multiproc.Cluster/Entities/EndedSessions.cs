using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Entities;

/// <summary>The sessions that an object has given up, so that late messages of them do nothing. Only the last are kept: nothing is that late.</summary>
internal sealed class EndedSessions
{
    private const int Most = 10_000;

    private readonly HashSet<SessionId> _all = [];
    private readonly Queue<SessionId> _byAge = new();

    public void Add(SessionId session)
    {
        if (_all.Add(session))
        {
            _byAge.Enqueue(session);
        }

        if (_byAge.Count > Most)
        {
            _all.Remove(_byAge.Dequeue());
        }
    }

    public void Save(WireWriter writer)
    {
        writer.VarUInt((uint)_byAge.Count);
        foreach (var session in _byAge)
        {
            writer.Write(session);
        }
    }

    public void Restore(ref WireReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            Add(reader.ReadSession());
        }
    }

    public bool Contains(SessionId session) => _all.Contains(session);
}
