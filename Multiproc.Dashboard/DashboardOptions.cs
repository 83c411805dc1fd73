namespace Multiproc;

/// <summary>The options of a dashboard: who may see it, and how much it remembers.</summary>
/// <example>
/// <code>
/// app.MapMultiproc(options: new DashboardOptions { Token = builder.Configuration["Dashboard:Token"] });
/// </code>
/// </example>
public sealed record DashboardOptions
{
    private const int LeastToken = 16;

    /// <summary>
    /// Gets the secret that opens the dashboard, of at least 16 characters. Null (the default) makes a random one at each start, and logs the address with it
    /// when the program has started.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>
    /// Gets whether the application decides itself who may see the dashboard, by <c>MapMultiproc().RequireAuthorization(…)</c>; there is no token then. False
    /// by default. Without such a requirement every request is refused.
    /// </summary>
    public bool UsesAuthorization { get; init; }

    /// <summary>
    /// Gets whether browsers on other machines are served; false by default. The dashboard shows arguments of tasks and last words of processes: serve it to
    /// others over HTTPS only.
    /// </summary>
    public bool AllowRemote { get; init; }

    /// <summary>
    /// Gets the names of this machine, without ports, that browsers may use, in addition to localhost and loopback addresses; none by default. Other names are
    /// refused, since a page of a stranger may have its own name point here (DNS rebinding).
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Gets the time between two looks at the program, from 100 ms to 1 minute; 1 s by default. Nobody looks while no browser is connected.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the number of looks that the curves show, from 10 to 1000; 120 by default, which is two minutes.</summary>
    public int History { get; init; } = 120;

    /// <summary>Gets the largest number of browsers at once, from 1 to 1000; 16 by default. Further ones are told to try later.</summary>
    public int MaxViewers { get; init; } = 16;

    /// <summary>Describes the options without the token, which must not get into a log.</summary>
    /// <returns>For example "DashboardOptions { a token, Interval = 00:00:01, History = 120, MaxViewers = 16 }".</returns>
    public override string ToString() =>
        $"{nameof(DashboardOptions)} {{ {(UsesAuthorization ? "authorization" : Token is null ? "a random token" : "a token")}, "
        + $"{(AllowRemote ? "remote, " : "")}{nameof(Interval)} = {Interval}, {nameof(History)} = {History}, {nameof(MaxViewers)} = {MaxViewers} }}";

    /// <exception cref="ArgumentException">An option is out of its range, or contradicts another.</exception>
    internal DashboardOptions Checked()
    {
        if (Token is not null && UsesAuthorization)
        {
            throw new ArgumentException("A dashboard that leaves access to the application has no token: set Token or UsesAuthorization, not both.");
        }

        if (Token is { Length: < LeastToken })
        {
            throw new ArgumentException($"The token of a dashboard must have at least {LeastToken} characters: generate one, such as by openssl rand -hex 32.");
        }

        Require(Interval >= TimeSpan.FromMilliseconds(100) && Interval <= TimeSpan.FromMinutes(1), nameof(Interval), "from 100 ms to 1 minute");
        Require(History is >= 10 and <= 1000, nameof(History), "from 10 to 1000");
        Require(MaxViewers is >= 1 and <= 1000, nameof(MaxViewers), "from 1 to 1000");
        return this;
    }

    private static void Require(bool isInRange, string option, string range)
    {
        if (!isInRange)
        {
            throw new ArgumentOutOfRangeException(option, $"{nameof(DashboardOptions)}.{option} must be {range}.");
        }
    }
}
