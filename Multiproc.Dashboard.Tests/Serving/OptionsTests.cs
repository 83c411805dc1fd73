namespace Multiproc.Dashboard.Tests.Serving;

/// <summary>The ranges of the options.</summary>
public sealed class OptionsTests
{
    public static TheoryData<DashboardOptions> Wrong { get; } =
    [
        new() { Token = "too short" },
        new() { Token = "a token of a test", UsesAuthorization = true },
        new() { Interval = TimeSpan.FromMilliseconds(99) },
        new() { Interval = TimeSpan.FromMinutes(2) },
        new() { History = 9 },
        new() { History = 1001 },
        new() { MaxViewers = 0 },
        new() { MaxViewers = 1001 },
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Options_OutOfRange_AreRefused(DashboardOptions options) => Should.Throw<ArgumentException>(options.Checked);

    [Fact]
    public void Options_ByDefault_AreInRange() => new DashboardOptions().Checked().MaxViewers.ShouldBe(16);
}
