using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Multiproc.Hosting.Configuration;

/// <summary>A section without some of its children, which are read apart.</summary>
internal sealed class Without(IConfigurationSection section, IReadOnlyCollection<string> hidden) : IConfigurationSection
{
    public string Key => section.Key;

    public string Path => section.Path;

    public string? Value
    {
        get => section.Value;
        set => section.Value = value;
    }

    public string? this[string key]
    {
        get => section[key];
        set => section[key] = value;
    }

    public IConfigurationSection GetSection(string key) => section.GetSection(key);

    public IEnumerable<IConfigurationSection> GetChildren() =>
        section.GetChildren().Where(child => !hidden.Contains(child.Key, StringComparer.OrdinalIgnoreCase));

    public IChangeToken GetReloadToken() => section.GetReloadToken();
}
