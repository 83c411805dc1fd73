namespace Multiproc.Dashboard.Tests.Serving;

/// <summary>The ranges of the options.</summary>
public sealed class OptionsTests
{
    public static TheoryData<DashboardOptions> Wrong { get; } =
    [
        new DashboardOptions { Token = "too short" },
        new DashboardOptions { Token = "a token of a test", UsesAuthorization = true },
        new DashboardOptions { Interval = TimeSpan.FromMilliseconds(99) },
        new DashboardOptions { Interval = TimeSpan.FromMinutes(2) },
        new DashboardOptions { History = 9 },
        new DashboardOptions { History = 1001 },
        new DashboardOptions { MaxViewers = 0 },
        new DashboardOptions { MaxViewers = 1001 },
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Options_OutOfRange_AreRefused(DashboardOptions options) => Should.Throw<ArgumentException>(options.Checked);

    [Fact]
    public void Text_OfOptions_DoesNotTellTheToken() =>
        $"{new DashboardOptions { Token = "a token of a test" }}".ShouldSatisfyAllConditions(
            static text => text.ShouldContain("a token, Interval"), static text => text.ShouldNotContain("of a test"));

    [Fact]
    public void Options_ByDefault_AreInRange() => new DashboardOptions().Checked().MaxViewers.ShouldBe(16);
}
