using Multiproc.Objects.Broadcasts;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a broadcast. The model keeps all that was ever published: a reader must get each item of it from when it subscribed, in order, but for those
/// that it is told to have missed.
/// </summary>
public sealed class BroadcastHistoryTests
{
    private enum Kind
    {
        Publish,
        PublishMany,
        Subscribe,
        Read,
        Unsubscribe,
        Cancel,
        GiveUp,
        Die,
        Pass,
    }

    [Theory]
    [InlineData(SlowReaders.Wait)]
    [InlineData(SlowReaders.DropOldest)]
    [InlineData(SlowReaders.Disconnect)]
    public void Step_RandomHistories_GiveEachReaderEachItem(SlowReaders policy) =>
        Histories.Check(seed: 25_000 + (int)policy, histories: 1500, length: 80, Random, moves => new Life(policy).Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() => Histories.Check(
        seed: 25, histories: 300, length: 60, Random, static moves => new Life(SlowReaders.Wait).Play(moves).ShouldBe(new Life(SlowReaders.Wait).Play(moves)));

    [Fact]
    public void Subscription_ThatWasGivenUp_HoldsNobodyUp()
    {
        var script = new Script(new BroadcastState(new SharedBroadcastOptions { Capacity = 1 }));
        var anna = script.Process(1);
        var lost = anna.Asks(BroadcastCommand.Subscribe.Instance).ShouldBeDone();
        anna.Asks(new BroadcastCommand.Publish(Script.Value(1), null)).ShouldBeDone();
        var waiting = anna.Asks(new BroadcastCommand.Publish(Script.Value(2), null)).ShouldWait();
        script.GiveUp(lost);
        waiting.ShouldBeDone();
        anna.Asks(BroadcastCommand.CountReaders.Instance).ShouldAnswer(0);
    }

    [Fact]
    public void Next_OfAReaderOfAnotherProcess_IsRefused()
    {
        var script = new Script(new BroadcastState(new SharedBroadcastOptions()));
        script.Process(1).Asks(BroadcastCommand.Subscribe.Instance).ShouldAnswer(1);
        script.Process(2).Asks(new BroadcastCommand.Next(1, 1, 1, null)).ShouldAnswer(BroadcastCommand.Next.IsCut);
        script.Process(2).Asks(new BroadcastCommand.Unsubscribe(1)).ShouldBeDone();
        script.Process(2).Asks(BroadcastCommand.CountReaders.Instance).ShouldAnswer(1);
        foreach (long from in new[] { 0L, 2L, long.MaxValue })
        {
            script.Require(
                script.Process(1).Asks(new BroadcastCommand.Next(1, from, 1, null)).Reply?.Status == ReplyStatus.Malformed, $"{from} is no item of the future");
        }
    }

    private static Move Random(Random random)
    {
        int dice = random.Next(28);
        var kind = dice switch
        {
            < 8 => Kind.Publish,
            < 12 => Kind.PublishMany,
            < 14 => Kind.Subscribe,
            < 22 => Kind.Read,
            < 23 => Kind.Unsubscribe,
            < 24 => Kind.Cancel,
            < 25 => Kind.GiveUp,
            < 26 => Kind.Die,
            _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(10));
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);

    private sealed class Life(SlowReaders policy)
    {
        private const int Capacity = 3;

        private readonly Script _script = new(new BroadcastState(new SharedBroadcastOptions { Capacity = Capacity, SlowReaders = policy }));
        private readonly int[] _processes = [1, 2, 3, 4];
        private readonly List<int> _published = [];
        private readonly List<Reader> _readers = [];
        private readonly List<(Call Call, int[] Items, Instant Deadline)> _publishers = [];
        private int _born = 4;
        private int _items;

        /// <summary>How many items are kept for the slowest reader.</summary>
        private int Kept => _readers.Where(static reader => !reader.IsCut).Select(reader => _published.Count - reader.Has).DefaultIfEmpty(0).Max();

        public string Play(IReadOnlyList<Move> moves)
        {
            foreach (var (kind, who, number) in moves)
            {
                Do(kind, _processes[who], who, number);
                Settle();
            }

            return _script.Transcript;
        }

        private void Do(Kind kind, int process, int who, int number)
        {
            TimeSpan? timeout = number < 5 ? null : TimeSpan.FromTicks(number - 5);
            var own = _readers.Where(reader => reader.Process == process).ToList();
            switch (kind)
            {
                case Kind.Publish:
                    Publish(_script.Ask(process, new BroadcastCommand.Publish(Script.Value(++_items), timeout)), [_items], timeout);
                    break;
                case Kind.PublishMany:
                    int[] items = [.. Enumerable.Range(_items + 1, number)];
                    _items += number;
                    Payload[] packed = [.. items.Select(static item => Script.Value(item))];
                    Publish(_script.Ask(process, new BroadcastCommand.PublishMany(packed, timeout)), items, timeout);
                    break;
                case Kind.Subscribe when own.Count < 2:
                    var reply = _script.Ask(process, BroadcastCommand.Subscribe.Instance).ShouldBeDone().Reply!.Value;
                    PackedNumber.TryRead(reply.Value, out long next).ShouldBeTrue();
                    _script.Require(next == _published.Count + 1, $"it should begin with {_published.Count + 1}");
                    _readers.Add(new Reader(process, reply.Number) { Has = _published.Count });
                    break;
                case Kind.Read when own.Find(static reader => reader.Asked is null) is { } reader:
                    int max = 1 + (number % 3);
                    reader.Asked = _script.Ask(process, new BroadcastCommand.Next(reader.Number, reader.Position, max, timeout));
                    if (!reader.IsCut)
                    {
                        reader.Has = Math.Max(reader.Has, (int)reader.Position - 1);
                        reader.Deadline = _script.Now.After(timeout);
                        reader.Waits = reader.Has == _published.Count && timeout != TimeSpan.Zero;
                        AdmitPublishers();
                    }

                    break;
                case Kind.Unsubscribe when own.Count > 0 && own[0].Asked is null:
                    _script.Tell(process, new BroadcastCommand.Unsubscribe(own[0].Number));
                    _readers.Remove(own[0]);
                    AdmitPublishers();
                    break;
                case Kind.Cancel when _publishers.Count > 0:
                    _script.Cancel(_publishers[^1].Call);
                    _publishers[^1].Call.ShouldEndCancelled();
                    _publishers.RemoveAt(_publishers.Count - 1);
                    break;
                case Kind.GiveUp when own.Find(static reader => reader.Asked is { Waits: true }) is { } hasty:
                    _script.GiveUp(hasty.Asked!);
                    (hasty.Asked, hasty.Waits) = (null, false);
                    break;
                case Kind.Die:
                    _script.Die(process);
                    _readers.RemoveAll(each => each.Process == process);
                    _publishers.RemoveAll(each => each.Call.Caller.Process == process);
                    _processes[who] = ++_born;
                    AdmitPublishers();
                    break;
                case Kind.Pass:
                    _script.Pass(TimeSpan.FromTicks(number));
                    foreach (var late in _publishers.Where(each => each.Deadline <= _script.Now).ToList())
                    {
                        late.Call.ShouldTimeOut();
                        _publishers.Remove(late);
                    }

                    foreach (var reader in _readers.Where(each => each.Waits && each.Deadline <= _script.Now))
                    {
                        reader.Asked!.ShouldTimeOut();
                        (reader.Asked, reader.Waits) = (null, false);
                    }

                    break;
            }
        }

        private void Publish(Call call, int[] items, TimeSpan? timeout)
        {
            if (items.Length == 0 || policy != SlowReaders.Wait || Kept < Capacity)
            {
                Publish(call, items);
            }
            else if (timeout == TimeSpan.Zero)
            {
                call.ShouldTimeOut();
            }
            else
            {
                _publishers.Add((call, items, _script.Now.After(timeout)));
            }
        }

        private void AdmitPublishers()
        {
            while (_publishers.Count > 0 && Kept < Capacity)
            {
                var (call, items, _) = _publishers[0];
                _publishers.RemoveAt(0);
                Publish(call, items);
            }
        }

        /// <summary>Publishes as many items as there is room for, and at most the capacity: a reader that had everything before loses none of them.</summary>
        private void Publish(Call call, int[] items)
        {
            bool[] hasAll = [.. _readers.Select(each => each.Has == _published.Count)];
            int added = 0;
            for (; added < items.Length && added < Capacity && (policy != SlowReaders.Wait || Kept < Capacity); added++)
            {
                Add(items[added]);
            }

            call.ShouldAnswer(added);
            _script.Require(
                _readers.Zip(hasAll).All(each => !each.Second || (!each.First.IsCut && each.First.Has == _published.Count - added)),
                "a quick reader lost something");
            if (added > 0)
            {
                _readers.ForEach(static each => each.Waits = false);
            }
        }

        private void Add(int item)
        {
            foreach (var reader in _readers.Where(each => !each.IsCut && _published.Count - each.Has >= Capacity))
            {
                if (policy == SlowReaders.Disconnect)
                {
                    reader.IsCut = true;
                }
                else
                {
                    reader.Has++;
                }
            }

            _published.Add(item);
        }

        /// <summary>Each reply had the items from the reader's place on; a reader that waits has nothing to get.</summary>
        private void Settle()
        {
            foreach (var reader in _readers.Where(static each => each.Asked is not null))
            {
                var call = reader.Asked!;
                _script.Require(call.Waits == reader.Waits, $"{call} should {(reader.Waits ? "wait" : "have been answered")}");
                if (call.Waits)
                {
                    continue;
                }

                reader.Asked = null;
                var reply = call.Reply!.Value;
                if (reply.Status == ReplyStatus.TimedOut)
                {
                    _script.Require(reader.Has == _published.Count, "there was something to read");
                    continue;
                }

                if (reply.Number == BroadcastCommand.Next.IsCut)
                {
                    _script.Require(reader.IsCut, "it was not slow");
                    continue;
                }

                var from = new WireReader(reply.Value.Bytes.Span);
                int[] items = [.. PayloadFields.Payloads(ref from).Select(static each => (int)Serializer.Unpack<long>(each))];
                _script.Require(items.Length > 0, "it should get something");
                _script.Require(reply.Number == Math.Max(reader.Position, reader.Has + 1), $"it should begin with {Math.Max(reader.Position, reader.Has + 1)}");
                _script.Require(items.SequenceEqual(_published.Skip((int)reply.Number - 1).Take(items.Length)), "it should get what was published");
                reader.Position = reply.Number + items.Length;
            }

            _script.Ask(99, BroadcastCommand.CountReaders.Instance).ShouldAnswer(_readers.Count(static each => !each.IsCut));
        }

        private sealed class Reader(int process, long number)
        {
            private long? _position;
            private int _begun = -1;

            public int Process => process;

            public long Number => number;

            /// <summary>How many of all items it has said to have, or missed.</summary>
            public int Has
            {
                get;
                set
                {
                    field = value;
                    _begun = _begun < 0 ? value : _begun;
                }
            }

            /// <summary>The item that it asks for next.</summary>
            public long Position
            {
                get => _position ?? _begun + 1;
                set => _position = value;
            }

            public bool IsCut { get; set; }

            public Call? Asked { get; set; }

            public bool Waits { get; set; }

            public Instant Deadline { get; set; }
        }
    }
}
