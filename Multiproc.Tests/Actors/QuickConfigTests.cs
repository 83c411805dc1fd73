using Akka.Configuration;
using Multiproc.Actors;

namespace Multiproc.Tests.Actors;

/// <summary>Times are read as Akka reads them, without its regular expression.</summary>
public sealed class QuickConfigTests
{
    [Theory]
    [InlineData("5s")]
    [InlineData("5 s")]
    [InlineData("1.5 seconds")]
    [InlineData("1 second")]
    [InlineData("10ms")]
    [InlineData("250 millis")]
    [InlineData("3 milliseconds")]
    [InlineData("2m")]
    [InlineData("1 minute")]
    [InlineData("5 minutes")]
    [InlineData("1h")]
    [InlineData("2 hours")]
    [InlineData("1d")]
    [InlineData("7 days")]
    [InlineData("20 nanos")]
    [InlineData("100")]
    [InlineData("0s")]
    [InlineData("infinite")]
    public void Time_IsThatOfAkka(string text)
    {
        var config = ConfigurationFactory.ParseString($"a.time = {text}");
        QuickConfig.Of(config).GetTimeSpan("a.time").ShouldBe(config.GetTimeSpan("a.time"));
        QuickConfig.Of(config).GetConfig("a").ShouldBeOfType<QuickConfig>().GetTimeSpan("time").ShouldBe(config.GetTimeSpan("a.time"));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("1.2.3s")]
    [InlineData("-5s")]
    [InlineData("5 weeks")]
    [InlineData(".")]
    public void NoTime_IsRefusedAsByAkka(string text)
    {
        var config = ConfigurationFactory.ParseString($"time = {text}");
        var refused = Should.Throw<FormatException>(() => config.GetTimeSpan("time"));
        Should.Throw<FormatException>(() => QuickConfig.Of(config).GetTimeSpan("time")).Message.ShouldBe(refused.Message);
    }

    [Fact]
    public void Infinite_WhereItIsNotAllowed_IsRefused()
    {
        var config = QuickConfig.Of(ConfigurationFactory.ParseString("time = infinite"));
        Should.Throw<FormatException>(() => config.GetTimeSpan("time", allowInfinite: false));
    }

    [Fact]
    public void Missing_IsTheDefault()
    {
        var config = QuickConfig.Of(ConfigurationFactory.ParseString("a = 1"));
        config.GetTimeSpan("time", TimeSpan.FromSeconds(3)).ShouldBe(TimeSpan.FromSeconds(3));
        config.GetTimeSpan("time").ShouldBe(TimeSpan.Zero);
        config.GetConfig("b").ShouldBeNull();
    }

    [Fact]
    public void Fallback_IsBelow()
    {
        var config = QuickConfig.Of(ConfigurationFactory.ParseString("a { x = 1s }")).WithFallback(ConfigurationFactory.ParseString("a { x = 2s, y = 3s }"));
        config.ShouldBeOfType<QuickConfig>();
        config.GetTimeSpan("a.x").ShouldBe(TimeSpan.FromSeconds(1));
        config.GetTimeSpan("a.y").ShouldBe(TimeSpan.FromSeconds(3));
        config.WithFallback(config.GetConfig("a")).GetTimeSpan("y").ShouldBe(TimeSpan.FromSeconds(3));
    }
}
