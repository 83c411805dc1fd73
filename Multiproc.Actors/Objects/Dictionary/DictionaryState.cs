using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Dictionaries;

/// <summary>
/// A dictionary that keeps insertion order, like Python's. Every write gives its entry a new version. It can be read page by page while others write: an entry
/// that stays is seen exactly once, whatever is added or removed around it.
/// </summary>
/// <param name="refusesNull">
/// Whether null keys are refused, since no .NET dictionary of a reader could hold them. Proxies refuse them too; this check is for senders that bypass a proxy.
/// </param>
internal sealed class DictionaryState(bool refusesNull = false) : IDurableState, ITraceable
{
    /// <summary>The options of a dictionary whose key type can be null.</summary>
    public static readonly Payload KeysCanBeNull = new(new byte[] { 1 });

    private readonly DictionaryEntries _entries = new();

    public IEnumerable<Payload> Payloads => _entries.All.SelectMany(static entry => new[] { entry.Key, entry.Value });

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        if (command is DictionaryCommand asked)
        {
            effects.Reply(caller, refusesNull && HasNullKey(asked) ? Reply.Refused("a key must not be null; nothing was written.") : Handle(asked));
        }
    }

    /// <summary>Whether a command would write a null key. Looking one up finds nothing, and is harmless.</summary>
    private static bool HasNullKey(DictionaryCommand command) => command switch
    {
        DictionaryCommand.Set set => IsNull(set.Key),
        DictionaryCommand.TryAdd add => IsNull(add.Key),
        DictionaryCommand.CompareAndSet swap => IsNull(swap.Key),
        DictionaryCommand.Increment increment => increment.Items.Any(static item => IsNull(item.Key)),
        DictionaryCommand.IncrementOnce once => IsNull(once.Mark) || HasNullKey(once.Amounts),
        DictionaryCommand.Commit commit => commit.Writes.Any(static write => write.Value is not null && IsNull(write.Key)),
        _ => false,
    };

    /// <summary>Whether a serialized key is null: a null reference and an empty nullable are one byte; no other value of such a type is that short.</summary>
    private static bool IsNull(Payload key) => key.Length == 0 || (key.Length == 1 && key.Bytes.Span[0] == 0);

    public StateSnapshot TakeSnapshot() => new() { Counts = new Dictionary<string, long> { ["entries"] = _entries.Count } };

    public void Save(WireWriter writer) => _entries.Save(writer);

    public void Restore(ref WireReader reader) => _entries.Restore(ref reader);

    private Reply Handle(DictionaryCommand command)
    {
        switch (command)
        {
            case DictionaryCommand.Get get:
                return Found(get.Key);
            case DictionaryCommand.Set set:
                _entries.Put(set.Key, set.Value);
                return Reply.Done;
            case DictionaryCommand.TryAdd add:
                bool isNew = _entries.Find(add.Key) is null;
                if (isNew)
                {
                    _entries.Put(add.Key, add.Value);
                }

                return Reply.Of(isNew);
            case DictionaryCommand.Remove remove:
                var reply = Found(remove.Key);
                _entries.Remove(remove.Key);
                return reply;
            case DictionaryCommand.Count:
                return Reply.Of(_entries.Count);
            case DictionaryCommand.Clear:
                _entries.Clear();
                return Reply.Done;
            case DictionaryCommand.CompareAndSet swap:
                bool matches = _entries.VersionOf(swap.Key) == swap.Version;
                if (matches)
                {
                    _entries.Put(swap.Key, swap.Value);
                }

                return Reply.Of(matches);
            case DictionaryCommand.Page page:
                return Page(page);
            case DictionaryCommand.Increment increment:
                return Increment(increment);
            case DictionaryCommand.IncrementOnce once:
                return IncrementOnce(once);
            case DictionaryCommand.GetMany many:
                return GetMany(many);
            case DictionaryCommand.PopLast:
                return PopLast();
            case DictionaryCommand.Commit commit:
                return Commit(commit);
            default:
                return new Reply(ReplyStatus.Malformed, Reason: $"{command.GetType().Name} is not a command of a dictionary.");
        }
    }

    private Reply Found(Payload key) => _entries.Find(key) is { } entry ? Reply.Of(entry.Value, entry.Version) : Reply.Of(-1);

    private Reply GetMany(DictionaryCommand.GetMany many)
    {
        DictionaryEntry?[] found = [.. many.Keys.Select(_entries.Find)];
        if (Reply.RefusalOf(Array.ConvertAll(found, static entry => entry?.Value ?? Payload.Empty)) is { } tooLarge)
        {
            return tooLarge;
        }

        using var writer = new WireWriter();
        writer.VarUInt((uint)found.Length);
        foreach (var entry in found)
        {
            writer.VarInt(entry?.Version ?? -1);
            writer.Payload(entry?.Value ?? Payload.Empty);
        }

        return Reply.Of(new Payload(writer.ToArray()), many.Keys.Count);
    }

    private Reply PopLast()
    {
        if (_entries.Youngest() is not { } last)
        {
            return Reply.Of(-1);
        }

        if (Reply.RefusalOf([last.Key, last.Value]) is { } tooLarge)
        {
            return tooLarge;
        }

        _entries.Remove(last.Key);
        using var writer = new WireWriter();
        writer.Payload(last.Key);
        writer.Payload(last.Value);
        return Reply.Of(new Payload(writer.ToArray()), last.Version);
    }

    private Reply Commit(DictionaryCommand.Commit commit)
    {
        foreach (var (key, version) in commit.Reads)
        {
            if (_entries.VersionOf(key) != version)
            {
                return Reply.Of(0);
            }
        }

        foreach (var (key, value) in commit.Writes)
        {
            if (value is { } written)
            {
                _entries.Put(key, written);
            }
            else
            {
                _entries.Remove(key);
            }
        }

        return Reply.Of(1);
    }

    /// <summary>Adds to all keys or to none: a value that is not an integer refuses the whole step.</summary>
    private Reply Increment(DictionaryCommand.Increment increment)
    {
        var items = increment.Items;
        var found = new DictionaryEntry?[items.Count];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = _entries.Find(items[i].Key);
            if (found[i] is { IsNumber: false })
            {
                return Reply.Refused("a value to be incremented is not an integer.");
            }
        }

        long last = 0;
        for (int i = 0; i < found.Length; i++)
        {
            // The same key may come twice in one step: then it is there by now.
            last = _entries.Add(found[i] ?? _entries.Enter(items[i].Key), items[i].Delta);
        }

        return Reply.Of(last);
    }

    private Reply IncrementOnce(DictionaryCommand.IncrementOnce once)
    {
        if (_entries.Find(once.Mark) is not null)
        {
            return Reply.Of(false);
        }

        var reply = Increment(once.Amounts);
        if (reply.Status != ReplyStatus.Ok)
        {
            return reply;
        }

        _entries.Put(once.Mark, PackedNumber.Write(1));
        return Reply.Of(true);
    }

    private Reply Page(DictionaryCommand.Page page)
    {
        var found = new List<Payload>();
        long next = _entries.ReadBehind(page.Cursor, page.Max, found);
        return Reply.OfMany(found, next);
    }
}
