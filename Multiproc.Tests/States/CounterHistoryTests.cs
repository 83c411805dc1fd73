using System.Runtime.InteropServices;
using Multiproc.Objects.Counters;

namespace Multiproc.Tests.States;

/// <summary>Random lives of a counter: some processes add in its cell, others by commands. The model is a number.</summary>
public sealed unsafe class CounterHistoryTests
{
    [Fact]
    public void Step_RandomHistories_AddUp() => Histories.Check(
        seed: 23, histories: 500, length: 100,
        static random => (Kind: random.Next(8), Stripe: random.Next(), Amount: random.NextInt64(-5, 6)),
        static moves =>
        {
            void* memory = NativeMemory.AlignedAlloc(CounterCell.Bytes, 64);
            NativeMemory.Clear(memory, CounterCell.Bytes);
            try
            {
                var cell = new CounterCell((byte*)memory);
                var script = new Script(new CounterState(cell));
                long sum = 0;
                foreach (var (kind, stripe, amount) in moves)
                {
                    switch (kind)
                    {
                        case 0:
                            script.Ask(1, CounterCommand.Reset.Instance).ShouldAnswer(sum);
                            sum = 0;
                            break;
                        case < 4:
                            script.Ask(2, new CounterCommand.Add(amount)).ShouldBeDone();
                            sum += amount;
                            break;
                        case 4:
                            script.Die(kind + stripe);
                            break;
                        default:
                            cell.Add(stripe, amount);
                            sum += amount;
                            break;
                    }

                    script.Ask(3, CounterCommand.Read.Instance).ShouldAnswer(sum);
                }
            }
            finally
            {
                NativeMemory.AlignedFree(memory);
            }
        });
}
