using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What locks, semaphores and events do together, wherever their user is. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class PrimitivesSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Primitives_InAQueue_ArriveAsTheSame()
    {
        // L-09: Python passes them only at the start of a process; ours go anywhere.
        using var gate = _host.Lock();
        using var flag = _host.Event();
        using var queue = _host.Queue<(SharedLock Gate, SharedEvent Flag)>();
        queue.Put((gate, flag));
        gate.Acquire();
        _host.Run(() =>
        {
            var arrived = queue.Get(InChild.Bound);
            arrived.Gate.ShouldBe(gate);
            arrived.Gate.TryAcquire().ShouldBeFalse();
            arrived.Flag.Set();
        });
        flag.IsSet.ShouldBeTrue();
    }

    [Fact]
    public void LockAndEvent_AsText_TellWhoHoldsItAndWhetherItIsSet()
    {
        // L-07, E-04
        using var gate = _host.Lock();
        using var recursive = _host.RLock();
        using var flag = _host.Event();
        _host.Run(() =>
        {
            gate.Locked.ShouldBeFalse();
            gate.ToString().ShouldEndWith(", free");
            gate.Acquire();
            recursive.Acquire();
            recursive.Acquire();
            gate.ToString().ShouldEndWith(", held by this thread, 1 deep");
            recursive.ToString().ShouldEndWith(", held by this thread, 2 deep");
            OwnThread.Run(() => gate.ToString().ShouldEndWith(" of this process")).Wait(InChild.Bound).ShouldBeTrue("the other thread ends");
            InChild.Run(() =>
            {
                gate.TryAcquire().ShouldBeFalse();
                gate.ToString().ShouldEndWith(", held by another process");
            });
            gate.Release();
            flag.IsSet.ShouldBeFalse();
            flag.ToString().ShouldEndWith(", not set");
            flag.Set();
            flag.ToString().ShouldEndWith(", set");
        });
        flag.Dispose();
        flag.ToString().ShouldEndWith(", disposed");
        gate.Dispose();
        gate.ToString().ShouldEndWith(", disposed");
    }

    [Fact]
    public void Contended_Counter_LosesNoUpdate()
    {
        const int Rounds = 20_000;
        using var gate = _host.Lock();
        using var permit = _host.Semaphore(1);
        using var counter = Mp.RawValue(0L);
        using var started = _host.Event();
        var here = Task.Run(() =>
        {
            started.Wait(InChild.Bound).ShouldBeTrue("the user has begun");
            Count(gate, permit, counter, Rounds);
        });
        _host.Run(() =>
        {
            started.Set();
            Count(gate, permit, counter, Rounds);
        });
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        counter.Value.ShouldBe(4 * Rounds);
    }

    [Fact]
    public async Task AsyncTwins_DoTheSame()
    {
        using var gate = _host.Lock();
        using var permits = _host.Semaphore(0);
        using var flag = _host.Event();
        await gate.AcquireAsync(cancellation: TestContext.Current.CancellationToken);
        var waiting = BesideUs(() => UseAsync(gate, permits, flag).GetAwaiter().GetResult());
        (await permits.AcquireAsync(InChild.Bound, TestContext.Current.CancellationToken)).ShouldBeTrue("the user is about to wait for the lock");
        gate.Release();
        (await flag.WaitAsync(InChild.Bound, TestContext.Current.CancellationToken)).ShouldBeTrue("the user has had the lock");
        await waiting;
        gate.Locked.ShouldBeFalse();
    }

    /// <summary>A method of its own: the body must not capture the host, which cannot be sent.</summary>
    private Task BesideUs(Action body) => OwnThread.Run(() => _host.Run(body));

    private static async Task UseAsync(SharedLock gate, SharedSemaphore permits, SharedEvent flag)
    {
        (await gate.AcquireAsync(s_short)).ShouldBeFalse();
        using (var source = new CancellationTokenSource(s_short))
        {
            await Should.ThrowAsync<OperationCanceledException>(async () => await gate.AcquireAsync(null, source.Token));
        }

        permits.Release();
        await using (await gate.HoldAsync())
        {
            flag.Set();
        }
    }

    private static void Count(SharedLock gate, SharedSemaphore permit, SharedValue<long> counter, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            using (gate.Hold())
            {
                using (permit.Hold())
                {
                    counter.Value++;
                }

                counter.Value++;
            }
        }
    }
}

public sealed class PrimitivesInProcess : PrimitivesSpec<InProcessHost>;

public sealed class PrimitivesInChild : PrimitivesSpec<ChildHost>;

public sealed class PrimitivesInManager : PrimitivesSpec<ManagerHost>;
