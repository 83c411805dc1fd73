using Multiproc.Dashboard.Serving;

namespace Multiproc.Dashboard.Tests.Serving;

/// <summary>Sessions of browsers that have shown the token, and how long they hold.</summary>
public sealed class SessionsTests
{
    private readonly SetTime _time = new();
    private readonly Sessions _sessions;

    public SessionsTests() => _sessions = new Sessions(_time);

    [Fact]
    public void Session_IsOpenByItsOwnNumberOnly()
    {
        string id = _sessions.Open();
        _sessions.IsOpen(id).ShouldBeTrue();
        _sessions.IsOpen(null).ShouldBeFalse();
        _sessions.IsOpen("").ShouldBeFalse();
        _sessions.IsOpen(id.ToLowerInvariant()).ShouldBeFalse();
        _sessions.IsOpen(id[1..]).ShouldBeFalse();
    }

    [Fact]
    public void Session_AfterItsTime_IsOver()
    {
        string id = _sessions.Open();
        _time.Now = Sessions.Lifetime - TimeSpan.FromSeconds(1);
        _sessions.IsOpen(id).ShouldBeTrue();
        _time.Now = Sessions.Lifetime;
        _sessions.IsOpen(id).ShouldBeFalse();
    }

    [Fact]
    public void Sessions_AreLimitedInNumber_TheOldestEnds()
    {
        string oldest = _sessions.Open();
        string second = _sessions.Open();
        for (int i = 2; i <= Sessions.Most; i++)
        {
            _sessions.Open();
        }

        _sessions.IsOpen(oldest).ShouldBeFalse();
        _sessions.IsOpen(second).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a token of a test", true)]
    [InlineData("a token of a tesT", false)]
    [InlineData("a token of a test ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Token_IsComparedAsAWhole(string? given, bool isRight) =>
        new Access(new DashboardOptions { Token = "a token of a test" }).IsToken(given).ShouldBe(isRight);

    [Fact]
    public void Token_ThatNobodySet_IsRandom()
    {
        var (one, other) = (new Access(new()), new Access(new()));
        one.Token.Length.ShouldBeGreaterThan(40);
        one.Token.ShouldNotBe(other.Token);
    }

    private sealed class SetTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
