using Multiproc.Cluster.Pools;
using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>What is held before the processes of several pools: everything comes out once, in order, whatever the others do.</summary>
public sealed class HeldChunksTests
{
    private const int Steps = 300;

    [Fact]
    public void Pass_RandomHistories_DeliverEverythingOnceAndInOrder()
    {
        int held = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var shares = new NodeShares(random.Next(1, 4));
            object[] pools = [.. Enumerable.Range(0, random.Next(1, 4)).Select(static i => $"pool {i}")];
            Process[] processes = [.. Enumerable.Range(0, 6).Select(i => new Process(pools[i % pools.Length], shares))];
            for (int step = 0; step < Steps; step++)
            {
                var process = processes[random.Next(processes.Length)];
                switch (random.Next(10))
                {
                    case < 4:
                        process.Send(PoolMessage.Run);
                        break;
                    case 4:
                        process.Send(PoolMessage.Define);
                        break;
                    case 5:
                        process.Send(PoolMessage.TakeBack);
                        break;
                    case 6 when random.Next(40) == 0:
                        process.Die();
                        break;
                    default:
                        process.Work();
                        break;
                }

                held += process.Waiting;
            }

            for (int round = 0; processes.Any(static each => each.Waiting > 0 || each.InHand > 0); round++)
            {
                round.ShouldBeLessThan(5 * Steps, $"seed {seed}: something is never delivered");
                Array.ForEach(processes, static each => each.Work());
            }

            Array.ForEach(processes, each => each.RequireOrder(seed));
        }

        held.ShouldBeGreaterThan(0, "something was held at all");
    }

    /// <summary>A process on paper, and the pool that sends to it.</summary>
    private sealed class Process : IChunkTarget
    {
        private readonly HeldChunks _held;
        private readonly Queue<long> _chunks = new();
        private readonly List<long> _sent = [];
        private readonly List<long> _arrived = [];
        private readonly HashSet<long> _back = [];
        private long _last;
        private bool _dead;

        public Process(object pool, NodeShares shares) => (Pool, _held) = (pool, new HeldChunks(this, shares));

        public object Pool { get; }

        public int InHand => _chunks.Count;

        /// <summary>How many messages have neither arrived nor come back.</summary>
        public int Waiting => _dead ? 0 : _sent.Count - _arrived.Count - _back.Count;

        public void Send(PoolMessage kind)
        {
            if (_dead)
            {
                return;
            }

            var frame = new WireWriter();
            frame.Byte(0);
            frame.Byte(0);
            frame.Byte((byte)kind);
            frame.VarUInt(1);
            if (kind is PoolMessage.Run or PoolMessage.Define)
            {
                frame.VarUInt((ulong)++_last);
                _sent.Add(_last);
            }

            _held.Pass(frame.Written, AgentLine.HeadBytes);
        }

        public void Work()
        {
            if (!_dead && _chunks.TryDequeue(out _))
            {
                _held.Observe([(byte)PoolMessage.LastResult]);
            }
        }

        public void Die()
        {
            _dead = true;
            _chunks.Clear();
            _held.End();
        }

        public void Deliver(ReadOnlySpan<byte> frame)
        {
            var reader = new WireReader(frame[AgentLine.HeadBytes..]);
            var kind = (PoolMessage)reader.Byte();
            reader.VarUInt();
            if (kind == PoolMessage.TakeBack)
            {
                return;
            }

            long number = (long)reader.VarUInt();
            _arrived.Add(number);
            if (kind == PoolMessage.Run)
            {
                _chunks.Enqueue(number);
            }
        }

        public void GiveBack(List<(int Job, long First)> chunks) => chunks.ForEach(each => _back.Add(each.First).ShouldBeTrue());

        public void RequireOrder(int seed)
        {
            _arrived.ShouldBeInOrder(SortDirection.Ascending, $"seed {seed}");
            _arrived.Distinct().Count().ShouldBe(_arrived.Count, $"seed {seed}");
            _arrived.Intersect(_back).ShouldBeEmpty($"seed {seed}");
        }
    }
}
