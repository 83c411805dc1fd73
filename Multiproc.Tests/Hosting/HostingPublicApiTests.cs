using System.Diagnostics;
using System.Diagnostics.Metrics;
using Multiproc.Tests.Architecture;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Hosting;

/// <summary>The public names of Multiproc.Hosting, and those that it gives to OpenTelemetry.</summary>
public sealed class HostingPublicApiTests
{
    [Fact]
    public void PublicApi_IsAsApproved() =>
        PublicNames.AreApproved(typeof(MultiprocBuilder).Assembly, Repository.Path("Multiproc.Hosting", "PublicAPI.txt"));

    [Fact]
    public void PublicTypes_LiveWhereTheirUsersLook() =>
        typeof(MultiprocBuilder).Assembly.GetExportedTypes()
            .Where(static type => type.Namespace != "Multiproc"
                && !(type.Namespace == "Microsoft.Extensions.DependencyInjection" && type is { IsAbstract: true, IsSealed: true }))
            .ShouldBeEmpty();

    [Fact]
    public void TelemetryNames_AreThoseOfTheLibrary()
    {
        var meters = new HashSet<string>(StringComparer.Ordinal);
        using var meterListener = new MeterListener { InstrumentPublished = (instrument, _) => meters.Add(instrument.Meter.Name) };
        meterListener.Start();
        var sources = new HashSet<string>(StringComparer.Ordinal);
        using var activityListener = new ActivityListener { ShouldListenTo = source => sources.Add(source.Name) };
        ActivitySource.AddActivityListener(activityListener);
        using (var pool = Mp.Pool(1))
        {
            pool.Apply(static x => x, 1).ShouldBe(1);
        }

        meters.ShouldContain(MultiprocTelemetry.MeterName);
        sources.ShouldContain(MultiprocTelemetry.ActivitySourceName);
    }
}
