using System.Globalization;
using Akka.Configuration;

namespace Multiproc.Actors;

/// <summary>
/// A configuration that reads times by hand. Akka's own reading compiles a regular expression to machine code, which was a third of the start of an actor
/// system. A text that is no plain number with a common unit is left to Akka, with its errors.
/// </summary>
internal sealed class QuickConfig : Config
{
    private QuickConfig(Config source)
        : base(source, source.Fallback)
    {
        Substitutions = source.Substitutions;
    }

    public static QuickConfig Of(Config source) => source as QuickConfig ?? new QuickConfig(source);

    public override TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        GetString(path) switch
        {
            null => @default.GetValueOrDefault(),
            "infinite" when allowInfinite => Timeout.InfiniteTimeSpan,
            { } text when TryRead(text, out var time) => time,
            _ => base.GetTimeSpan(path, @default, allowInfinite),
        };

    /// <remarks>Akka puts its own settings below ours, and reads the result.</remarks>
    public override Config WithFallback(Config fallback) => Of(base.WithFallback(fallback));

    public override Config GetConfig(string path) => base.GetConfig(path) is { } section ? Of(section) : null!;

    private static bool TryRead(string text, out TimeSpan time)
    {
        // By a loop: a search by vectors is compiled at its first use.
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
        {
            digits++;
        }

        double unit = text.AsSpan(digits).TrimStart(' ') switch
        {
            "ms" or "millis" or "milliseconds" => 1,
            "s" or "second" or "seconds" => 1000,
            "m" or "minute" or "minutes" => 60_000,
            "h" or "hour" or "hours" => 3_600_000,
            "d" or "day" or "days" => 86_400_000,
            _ => 0,
        };
        bool isRead = double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, NumberFormatInfo.InvariantInfo, out double number);
        time = isRead && unit != 0 ? TimeSpan.FromMilliseconds(number * unit) : default;
        return isRead && unit != 0;
    }
}
