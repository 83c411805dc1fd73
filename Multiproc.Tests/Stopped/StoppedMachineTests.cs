using Multiproc.Tests.Managers;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Stopped;

/// <summary>
/// A manager that is reached over TCP is stopped, and its socket is full: calls with a bound end by it, and what was sent arrives whole and in order.
/// </summary>
public sealed class StoppedMachineTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(200);

    public static TheoryData<bool, int> Ways => new() { { true, 1_000_000 }, { true, 10_000 }, { false, 1_000_000 }, { false, 10_000 } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Calls_MachineStoppedAndItsSocketFull_EndInTheirTimeAndNothingIsTorn(bool secure, int size)
    {
        using var machine = new OtherMachine(secure ? TlsOptions.FromAuthKey : TlsOptions.Off);
        using var manager = machine.Connect();
        var queue = manager.Queue<byte[]>();
        var numbers = manager.Queue<int>();
        var gate = manager.Lock();
        var dictionary = manager.Dictionary<string, int>();
        OwnThread.Run(() => gate.Acquire()).GetAwaiter().GetResult();
        numbers.QSize().ShouldBe(0);
        dictionary.Count.ShouldBe(0);
        int put = 0;
        using (Signals.Stopped(manager.Create<IFarMaths>("FarMaths").Pid()))
        {
            Exception? thrown = null;
            while (thrown is null)
            {
                byte[] item = new byte[size];
                BitConverter.TryWriteBytes(item, put);
                thrown = Bounded.Run("queue.Put", s_time, () => queue.Put(item, s_time));
                put += thrown is null ? 1 : 0;
                put.ShouldBeLessThan(50_000_000 / size, "the socket is full at last");
            }

            thrown.ShouldBeOfType<QueueFullException>();
            Bounded.Run("queue.PutAsync", s_time, () => queue.PutAsync(new byte[size], s_time).AsTask().GetAwaiter().GetResult())
                .ShouldBeOfType<QueueFullException>();
            Bounded.Run("queue.Get", s_time, () => numbers.Get(s_time)).ShouldBeOfType<QueueEmptyException>();
            Bounded.Run("queue.GetAsync", s_time, () => numbers.GetAsync(s_time).AsTask().GetAwaiter().GetResult()).ShouldBeOfType<QueueEmptyException>();
            Bounded.Run("lock.Acquire", s_time, () => gate.Acquire(s_time).ShouldBeFalse()).ShouldBeNull();
            using var source = new CancellationTokenSource(s_time);
            Bounded.Run("queue.Put with a token", s_time, () => queue.Put(new byte[size], null, source.Token))
                .ShouldBeAssignableTo<OperationCanceledException>();
            using var second = new CancellationTokenSource(s_time);
            Bounded.Run("dictionary.CountAsync", s_time, () => dictionary.CountAsync(second.Token).AsTask().GetAwaiter().GetResult())
                .ShouldBeAssignableTo<OperationCanceledException>();
        }

        for (int i = 0; i < put; i++)
        {
            byte[] item = queue.Get(InChild.Bound);
            item.Length.ShouldBe(size);
            BitConverter.ToInt32(item).ShouldBe(i);
        }

        queue.QSize().ShouldBe(0, "what was not put is not there");
        numbers.Put(3);
        numbers.Get(InChild.Bound).ShouldBe(3, "a wait that was given up takes nothing");
        dictionary.Count.ShouldBe(0);
    }
}
