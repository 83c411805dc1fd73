using Microsoft.Extensions.Configuration;

namespace Multiproc.Configuration;

/// <summary>Settings in a file: HOCON in its JSON form, which the configuration provider for JSON reads as it is.</summary>
internal static class OptionsFile
{
    private const string Root = "multiproc";

    public static MultiprocOptions Read(string path)
    {
        try
        {
            var section = new ConfigurationBuilder().AddJsonFile(path, optional: false, reloadOnChange: false).Build().GetSection(Root);
            return section.Get<MultiprocOptions>(static binder => binder.ErrorOnUnknownConfiguration = true) ?? new MultiprocOptions();
        }
        catch (InvalidDataException malformed)
        {
            throw new InvalidOperationException($"The settings in {path} cannot be read: {(malformed.InnerException ?? malformed).Message}", malformed);
        }
        catch (InvalidOperationException unfit)
        {
            throw new InvalidOperationException($"The settings in {path} cannot be used: {unfit.Message}", unfit);
        }
    }
}
