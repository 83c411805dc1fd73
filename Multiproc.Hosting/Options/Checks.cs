using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Multiproc.Hosting.Configuration;

/// <summary>Checks the host's own options, and that each name in the configuration is that of a pool or manager of the program.</summary>
internal sealed class HostOptionsCheck(Registrations registrations, IConfiguration? configuration = null) : IValidateOptions<MultiprocHostOptions>
{
    public ValidateOptionsResult Validate(string? name, MultiprocHostOptions options)
    {
        var failures = new List<string>();
        failures.AddFailure(Sections.Root, () =>
        {
            WaitTimeout.RequireTime(options.DrainTimeout, nameof(options.DrainTimeout));
            options.Settings?.Validate();
            _ = options.StartMethod is { } method ? Mp.GetContext(method) : null;
        });
        failures.AddRange(Unknown(Sections.Pools, registrations.Pools.Keys, "AddPool"));
        failures.AddRange(Unknown(Sections.Managers, registrations.Managers.Keys, "AddManager"));
        return failures.ToResult();
    }

    private IEnumerable<string> Unknown(string section, IReadOnlyCollection<string> known, string method) =>
        Sections.NamesIn(configuration, section).Where(each => !known.Contains(each, StringComparer.OrdinalIgnoreCase)).Select(each =>
            $"{section}:{each} is configured, but the program has none of that name: add it with {method}(\"{each}\"), or remove the section. The program has "
            + (known.Count == 0 ? "none." : $"{string.Join(", ", known)}."));
}

internal sealed class PoolOptionsCheck(Registrations registrations) : IValidateOptions<HostedPoolOptions>
{
    public ValidateOptionsResult Validate(string? name, HostedPoolOptions options)
    {
        if (name is null || !registrations.Pools.TryGetValue(name, out var registration))
        {
            return ValidateOptionsResult.Skip;
        }

        var failures = new List<string>();
        failures.AddFailure($"{Sections.Pools}:{name}", () =>
        {
            if (options.Processes is { } processes)
            {
                ProcessPool.RequireSize(processes, nameof(options.Processes));
            }

            if (options.MaxTasksPerChild is { } tasks)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tasks, nameof(options.MaxTasksPerChild));
            }

            if (options.DrainTimeout is { } drain)
            {
                WaitTimeout.RequireTime(drain, nameof(options.DrainTimeout));
            }

            options.Pool?.Validate();
            _ = options.StartMethod is { } method ? Mp.GetContext(method) : null;
        });
        if (options.WorkerConfiguration is not null && !registration.HasServices)
        {
            failures.Add(
                $"{Sections.Pools}:{name}:{nameof(options.WorkerConfiguration)} is set, but the pool's workers have no services to give it to: add the pool "
                + $"with AddPool<TStartup>(\"{name}\").");
        }

        return failures.ToResult();
    }
}

internal sealed class ManagerOptionsCheck : IValidateOptions<HostedManagerOptions>
{
    public ValidateOptionsResult Validate(string? name, HostedManagerOptions options)
    {
        var failures = new List<string>();
        failures.AddFailure($"{Sections.Managers}:{name}", () => _ = ManagerPlaces.Parse(options.Address));
        if (options is { Connect: true, Address: null })
        {
            failures.Add($"{Sections.Managers}:{name}:{nameof(options.Connect)} is true, but there is no {nameof(options.Address)} to connect to: set it to "
                + "\"host:port\" or to the path of a socket.");
        }

        if (options.AuthKey is { Length: 0 })
        {
            failures.Add($"{Sections.Managers}:{name}:{nameof(options.AuthKey)} is empty: leave it out to use the key of this process.");
        }

        return failures.ToResult();
    }
}

internal static class Failures
{
    /// <summary>Runs a check, and adds what it throws as a failure of a section.</summary>
    public static void AddFailure(this List<string> failures, string section, Action check)
    {
        try
        {
            check();
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            failures.Add($"{section}: {wrong.Message}");
        }
    }

    public static ValidateOptionsResult ToResult(this List<string> failures) =>
        failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
}
