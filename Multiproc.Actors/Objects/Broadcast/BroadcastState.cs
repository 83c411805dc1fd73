using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Broadcasts;

/// <summary>
/// The items that some reader does not have yet, numbered from 1; the readers; and the publishers that wait for room. A reader has an item when it asks for the
/// one after it: until then a call that was repeated, or given up, finds it again.
/// </summary>
internal sealed partial class BroadcastState(SharedBroadcastOptions options) : IDurableState, ITraceable
{
    /// <summary>The size limit of a reply with several items.</summary>
    private const int LargestReply = 1 << 18;

    private readonly Dictionary<long, Payload> _items = [];
    private readonly SortedDictionary<long, Reader> _readers = [];
    private readonly WaitQueue<BroadcastCommand.Next> _waiting = new();
    private readonly WaitQueue<Payload[]> _publishers = new();
    private readonly LateGrants _subscribed = new();
    private long _first = 1;
    private long _next = 1;
    private long _lastReader;

    public IEnumerable<Payload> Payloads => _items.Values.Concat(_publishers.Requests.SelectMany(static items => items));

    private bool HasRoom => _next - _first < options.Capacity;

    private Instant Earliest => _waiting.Earliest < _publishers.Earliest ? _waiting.Earliest : _publishers.Earliest;

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case BroadcastCommand.Publish publish:
                Publish(caller, [publish.Item], publish.Timeout, now, effects);
                break;
            case BroadcastCommand.PublishMany publish:
                Publish(caller, publish.Items, publish.Timeout, now, effects);
                break;
            case BroadcastCommand.Subscribe:
                _readers.Add(++_lastReader, new Reader(caller.Process) { Next = _next });
                _subscribed.Note(caller, _lastReader);
                effects.Reply(caller, Reply.Of(PackedNumber.Write(_next), _lastReader));
                break;
            case BroadcastCommand.Next next:
                Next(caller, next, now, effects);
                break;
            case BroadcastCommand.Unsubscribe gone:
                if (_readers.GetValueOrDefault(gone.Reader)?.Process == caller.Process)
                {
                    Forget([gone.Reader], effects);
                }

                effects.Reply(caller, Reply.Done);
                break;
            case BroadcastCommand.CountReaders:
                effects.Reply(caller, Reply.Of(_readers.Values.LongCount(static reader => !reader.IsCut)));
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }
    }

    public StateSnapshot TakeSnapshot() => new()
    {
        Counts = new Dictionary<string, long> { ["items"] = _items.Count, ["readers"] = _readers.Count, ["waiting publishers"] = _publishers.Count },
    };

    private void Publish(Caller caller, Payload[] items, WaitTimeout timeout, Instant now, Effects effects)
    {
        if (items.Length == 0 || MakeRoom())
        {
            AddAll(caller, items, effects);
        }
        else if (!timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else
        {
            _publishers.Enqueue(caller, now.After(timeout), items);
            effects.Arm(Earliest);
        }
    }

    private bool MakeRoom()
    {
        if (!HasRoom && options.SlowReaders == SlowReaders.DropOldest)
        {
            _items.Remove(_first++);
        }
        else if (!HasRoom && options.SlowReaders == SlowReaders.Disconnect)
        {
            foreach (var reader in _readers.Values)
            {
                reader.IsCut |= reader.Next == _first;
            }

            Trim();
        }

        return HasRoom;
    }

    /// <summary>
    /// Adds what there is room for, and at most what is kept for slow readers: so a reader that has all items when a batch comes loses none of it, whatever
    /// the policy. The publisher sends the rest in its next message.
    /// </summary>
    private void AddAll(Caller caller, Payload[] items, Effects effects)
    {
        int added = 0;
        while (added < items.Length && added < options.Capacity && MakeRoom())
        {
            _items.Add(_next++, items[added++]);
            Trim();
        }

        effects.Reply(caller, Reply.Of(added));
        while (added > 0 && _waiting.TryDequeue(out var reader))
        {
            Give(reader.Caller, reader.Request, effects);
        }
    }

    private void Next(Caller caller, BroadcastCommand.Next wanted, Instant now, Effects effects)
    {
        var reader = _readers.GetValueOrDefault(wanted.Reader);
        if (reader is null || reader.Process != caller.Process || reader.IsCut)
        {
            effects.Reply(caller, Reply.Of(BroadcastCommand.Next.IsCut));
            return;
        }

        if (wanted.From < reader.Next || wanted.From > _next)
        {
            effects.Reply(caller, new Reply(ReplyStatus.Malformed, Reason: $"item {wanted.From} is not one that reader {wanted.Reader} can ask for."));
            return;
        }

        reader.Next = wanted.From;
        Trim();
        AdmitPublishers(effects);
        if (wanted.From < _next)
        {
            Give(caller, wanted, effects);
        }
        else if (!wanted.Timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else
        {
            _waiting.Enqueue(caller, now.After(wanted.Timeout), wanted);
            effects.Arm(Earliest);
        }
    }

    private void Give(Caller caller, BroadcastCommand.Next wanted, Effects effects)
    {
        long first = Math.Max(wanted.From, _first);
        var items = new List<Payload>();
        long bytes = 0;
        for (long number = first; number < _next && items.Count < Math.Max(1, wanted.Max); number++)
        {
            var item = _items[number];
            if (items.Count > 0 && bytes + item.Length > LargestReply)
            {
                break;
            }

            bytes += item.Length;
            items.Add(item);
        }

        effects.Reply(caller, Reply.OfMany(items, first));
    }

    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        _waiting.Handle(life, now, effects);
        _publishers.Handle(life, now, effects);
        if (life is LifecycleEvent.CallGivenUp given && _subscribed.TryTakeBack(given.Waiter, out long unknown))
        {
            // Nobody would ever read from it, or dispose of it.
            Forget([unknown], effects);
        }
        else if (life is LifecycleEvent.ProcessGone gone)
        {
            _subscribed.Forget(gone.Process);
            Forget([.. _readers.Where(each => each.Value.Process == gone.Process).Select(static each => each.Key)], effects);
        }

        effects.Arm(Earliest);
    }

    private void Forget(long[] readers, Effects effects)
    {
        foreach (long reader in readers)
        {
            _readers.Remove(reader);
        }

        Trim();
        AdmitPublishers(effects);
    }

    private void AdmitPublishers(Effects effects)
    {
        while (HasRoom && _publishers.TryDequeue(out var publisher))
        {
            AddAll(publisher.Caller, publisher.Request, effects);
        }
    }

    /// <summary>Removes what all readers have.</summary>
    private void Trim()
    {
        long needed = _next;
        foreach (var reader in _readers.Values)
        {
            needed = reader.IsCut ? needed : Math.Min(needed, reader.Next);
        }

        while (_first < needed)
        {
            _items.Remove(_first++);
        }
    }

    private sealed class Reader(int process)
    {
        public int Process => process;

        /// <summary>The first item that it has not said to have.</summary>
        public long Next { get; set; }

        /// <summary>Whether it was disconnected because it was slow.</summary>
        public bool IsCut { get; set; }
    }
}
