using System.Diagnostics;
using Multiproc.SharedMemory;
using Multiproc.Tests.Support;
using Multiproc.Tests.Transport;

namespace Multiproc.Tests.SharedMemory;

public sealed unsafe class FutexTests : IDisposable
{
    private readonly MappedMemory _memory = MappedMemory.Create(4096);

    private int* Word => (int*)_memory.Address;

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Wait_WordIsAnother_ReturnsAtOnce()
    {
        long begun = Stopwatch.GetTimestamp();
        Futex.Wait(Word, expected: 1, timeout: null);
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(Promptly.Within(0.1));
    }

    [Fact]
    public void Wait_NobodyWakes_ReturnsWhenTimeIsUp()
    {
        var time = TimeSpan.FromMilliseconds(60);
        var end = TimeSpan.Zero;
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < 3; i++)
        {
            Futex.Wait(Word, expected: 0, time);
            end = Stopwatch.GetElapsedTime(begun);
        }

        // A sleep may end early for no reason, but not three in a row.
        end.ShouldBeInRange(time, Promptly.Within(5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Wait_NoTime_ReturnsAtOnce(int milliseconds)
    {
        long begun = Stopwatch.GetTimestamp();
        Futex.Wait(Word, expected: 0, TimeSpan.FromMilliseconds(milliseconds));
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(Promptly.Within(0.1));
    }

    [Fact]
    public void Wake_AfterChange_WakesSleeper()
    {
        for (int i = 0; i < 200; i++)
        {
            int turn = i;
            var sleeper = Together.Start(() =>
            {
                while (Volatile.Read(ref *Word) == turn)
                {
                    Futex.Wait(Word, turn, timeout: null);
                }
            });
            Interlocked.Increment(ref *Word);
            Futex.Wake(Word);
            sleeper.Finish();
        }
    }
}
