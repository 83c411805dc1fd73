using System.Diagnostics.CodeAnalysis;
using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <summary>
/// One session at the entity: which steps were taken, which results are kept, and which of the object's process numbers its processes have. Steps are taken in
/// the order of their numbers, without gaps: one that comes too early is held back, one that comes again is not taken again.
/// </summary>
internal class Session(SessionId id)
{
    /// <summary>More are not held back: the stand-in sends them again.</summary>
    private const int MostHeldBack = 1024;

    private readonly Dictionary<long, Reply> _results = [];
    private readonly SortedDictionary<long, ToEntity.Submit> _heldBack = [];
    private readonly SortedDictionary<int, int> _processes = [];
    private long _floor = 1;

    public SessionId Id => id;

    /// <summary>The last step that was taken from the network: it is in the journal, or on its way there.</summary>
    public long Taken { get; protected set; }

    /// <summary>The last step that is in the journal and was carried out.</summary>
    public long Applied { get; private set; }

    /// <summary>The object's numbers of the processes of this session, in the order of their numbers at their node.</summary>
    public IEnumerable<int> Processes => _processes.Values;

    public int KeptResults => _results.Count;

    /// <summary>Holds a step back until its turn comes, unless it was taken before.</summary>
    public virtual void Hold(ToEntity.Submit submit)
    {
        if (submit.Number > Taken && _heldBack.Count < MostHeldBack)
        {
            _heldBack.TryAdd(submit.Number, submit);
        }
    }

    /// <summary>Takes the step whose turn it is; false when it has not come.</summary>
    public virtual bool TryTake([MaybeNullWhen(false)] out ToEntity.Submit next)
    {
        if (!_heldBack.Remove(Taken + 1, out next))
        {
            return false;
        }

        Taken++;
        return true;
    }

    /// <summary>Notes that a step was carried out, live or by replay.</summary>
    public virtual void Apply(long number, long floor)
    {
        Applied = number;
        Taken = Math.Max(Taken, number);
        for (; _floor < floor; _floor++)
        {
            _results.Remove(_floor);
        }
    }

    public void Save(WireWriter writer)
    {
        writer.VarInt(Applied);
        writer.VarInt(_floor);
        writer.VarUInt((uint)_processes.Count);
        foreach (var (process, number) in _processes)
        {
            writer.VarUInt((uint)process);
            writer.VarUInt((uint)number);
        }

        writer.VarUInt((uint)_results.Count);
        foreach (var (number, reply) in _results)
        {
            writer.VarInt(number);
            reply.WriteTo(writer);
        }
    }

    public void Restore(ref WireReader reader)
    {
        Taken = Applied = reader.VarInt();
        _floor = reader.VarInt();
        for (int left = reader.Count(); left > 0; left--)
        {
            _processes.Add(reader.Natural(), reader.Natural());
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            long number = reader.VarInt();
            _results.Add(number, Reply.ReadFrom(ref reader));
        }
    }

    public void Keep(long number, Reply reply) => _results[number] = reply;

    public bool TryGetResult(long number, out Reply reply) => _results.TryGetValue(number, out reply);

    /// <summary>Drops the results that the stand-in has: all up to a number, except those that it still waits for.</summary>
    public void DropAllBut(IReadOnlyList<long> waiting, long upTo)
    {
        if (_results.Count > 0)
        {
            var wanted = waiting.ToHashSet();
            foreach (long number in _results.Keys)
            {
                if (number <= upTo && !wanted.Contains(number))
                {
                    _results.Remove(number);
                }
            }
        }
    }

    /// <summary>The object's number of a process of the node; 0 when it has none.</summary>
    public int Find(int process) => _processes.GetValueOrDefault(process);

    public void Add(int process, int number) => _processes.Add(process, number);

    public void Remove(int process) => _processes.Remove(process);

    /// <summary>The node's number of a process that has a number of the object; -1 when it is not of this session.</summary>
    public int NodesNumberOf(int number)
    {
        foreach (var (process, known) in _processes)
        {
            if (known == number)
            {
                return process;
            }
        }

        return -1;
    }
}
