using Microsoft.Extensions.Configuration;

namespace Multiproc.Hosting.Configuration;

/// <summary>Reads the section <c>Multiproc</c> of a configuration into options. A key that means nothing is an error, since somebody mistyped it.</summary>
internal static class Sections
{
    public const string Root = "Multiproc";
    public const string Pools = $"{Root}:Pools";
    public const string Managers = $"{Root}:Managers";

    private static readonly string[] s_children = ["Pools", "Managers", nameof(MultiprocHostOptions.Settings)];

    /// <exception cref="InvalidOperationException">A key is unknown, or a value has the wrong form.</exception>
    public static void Read(IConfiguration? configuration, MultiprocHostOptions options)
    {
        if (configuration?.GetSection(Root) is not { } section || !section.Exists())
        {
            return;
        }

        if (section.GetSection(nameof(options.Settings)) is var settings && settings.Exists())
        {
            // What the program has set so far stays, where the section says nothing else. A copy, since the binder writes into what it is given.
            var before = options.Settings ?? Mp.Options;
            options.Settings = before with
            {
                Connections = before.Connections with { }, WarmHosts = before.WarmHosts with { }, Pool = Copy(before.Pool), Manager = before.Manager with { },
            };
            Bind(settings, options.Settings);
        }

        Bind(new Without(section, s_children), options);
    }

    /// <exception cref="InvalidOperationException">A key is unknown, or a value has the wrong form.</exception>
    public static void Read(IConfiguration? configuration, string pool, HostedPoolOptions options)
    {
        if (configuration?.GetSection($"{Pools}:{pool}") is { } section && section.Exists())
        {
            // The values of the section are on top of those of the program's settings, as those of an object initializer would not be.
            options.Pool = options.Pool is { } before ? Copy(before) : section.GetSection(nameof(options.Pool)).Exists() ? Copy(Mp.Options.Pool) : null;
            Bind(section, options);
        }
    }

    /// <exception cref="InvalidOperationException">A key is unknown, or a value has the wrong form.</exception>
    public static void Read(IConfiguration? configuration, string manager, HostedManagerOptions options)
    {
        if (configuration?.GetSection($"{Managers}:{manager}") is { } section && section.Exists())
        {
            Bind(section, options);
        }
    }

    /// <summary>The names that a section has entries for.</summary>
    public static IEnumerable<string> NamesIn(IConfiguration? configuration, string section) =>
        configuration?.GetSection(section).GetChildren().Select(static child => child.Key) ?? [];

    private static PoolOptions Copy(PoolOptions options) => options with { Process = options.Process with { } };

    private static void Bind(IConfiguration section, object options) =>
        section.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
}
