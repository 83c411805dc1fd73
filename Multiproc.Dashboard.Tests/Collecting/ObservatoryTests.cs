using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Multiproc.Dashboard.Collecting;
using Multiproc.Dashboard.Tests.Support;
using Multiproc.TestKit;

namespace Multiproc.Dashboard.Tests.Collecting;

/// <summary>Viewers come, are slow, and leave.</summary>
public sealed class ObservatoryTests : IDisposable
{
    private static readonly DashboardOptions s_options = new() { Interval = TimeSpan.FromMilliseconds(100), MaxViewers = 2 };

    private readonly CancellationTokenSource _stop = new();
    private readonly FixedSource _source = new(new Sight(1, Views.Program(1)));
    private readonly Observatory _observatory;

    public ObservatoryTests() => _observatory = new Observatory(_source, s_options, TimeProvider.System, NullLogger.Instance, _stop.Token);

    [Fact]
    public async Task Nobody_IsThere_SoNothingIsLookedAt()
    {
        _observatory.IsLooking.ShouldBeFalse();
        using var viewer = _observatory.Join();
        await viewer!.TakeAsync(_stop.Token);
        _source.Looks.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Viewer_ThatIsSlow_MissesSnapshotsAndGetsTheLatest()
    {
        using var slow = _observatory.Join()!;
        using var quick = _observatory.Join()!;
        var (first, _) = await slow.TakeAsync(_stop.Token);
        long last = 0;
        while (last < first + 4)
        {
            (last, _) = await quick.TakeAsync(_stop.Token);
        }

        (await slow.TakeAsync(_stop.Token)).Number.ShouldBeGreaterThanOrEqualTo(last, "the ones between are not kept for it");
    }

    [Fact]
    public async Task Viewer_WithoutANewSnapshot_Waits()
    {
        using var viewer = _observatory.Join()!;
        var (first, _) = await viewer.TakeAsync(_stop.Token);
        (await viewer.TakeAsync(_stop.Token)).Number.ShouldBeGreaterThan(first);
    }

    [Fact]
    public void Viewers_AreLimitedInNumber()
    {
        using var first = _observatory.Join();
        var second = _observatory.Join();
        _observatory.Join().ShouldBeNull();
        second!.Dispose();
        second.Dispose();
        _observatory.Viewers.ShouldBe(1, "leaving twice is leaving once");
        using var third = _observatory.Join();
        third.ShouldNotBeNull();
    }

    [Fact]
    public async Task Looking_GoesOnForAWhileAfterTheLastViewer_ThenEnds()
    {
        var time = new ManualTimeProvider();
        var observatory = new Observatory(_source, s_options, time, NullLogger.Instance, _stop.Token);
        var viewer = observatory.Join()!;
        await viewer.TakeAsync(_stop.Token);
        viewer.Dispose();
        for (int i = 0; i < 3; i++)
        {
            int looks = _source.Looks;
            time.Advance(s_options.Interval);
            await Until.True("another look", () => _source.Looks > looks);
        }

        observatory.IsLooking.ShouldBeTrue("a page that is loaded again has its curves");
        time.Advance(Observatory.Afterglow);
        await Until.True("the end of the looking", () =>
        {
            time.Advance(s_options.Interval);
            return !observatory.IsLooking;
        });
        using var next = observatory.Join()!;
        await next.TakeAsync(_stop.Token);
    }

    [Fact]
    public async Task Source_ThatFails_IsToldAndTriedAgain()
    {
        var source = new FailingOnce();
        using var observatory = new CancellationTokenSource();
        using var viewer = new Observatory(source, s_options, TimeProvider.System, NullLogger.Instance, observatory.Token).Join()!;
        Problem((await viewer.TakeAsync(_stop.Token)).Json).ShouldBe("no descriptor is free");
        Problem((await viewer.TakeAsync(_stop.Token)).Json).ShouldBeNull();
        await observatory.CancelAsync();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private static string? Problem(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("problem").GetString();
    }

    private sealed class FailingOnce : IProgramSource
    {
        private bool _failed;

        public ValueTask<IReadOnlyList<Sight>> LookAsync(CancellationToken cancellation)
        {
            if (!_failed)
            {
                _failed = true;
                throw new IOException("no descriptor is free");
            }

            return ValueTask.FromResult<IReadOnlyList<Sight>>([]);
        }
    }
}
