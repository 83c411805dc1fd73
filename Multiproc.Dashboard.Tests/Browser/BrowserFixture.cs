using Microsoft.Playwright;

namespace Multiproc.Dashboard.Tests.Browser;

/// <summary>A headless Chromium of the system, for all tests of the page.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    /// <summary>Set where the browser must be there, as in continuous integration.</summary>
    private const string Required = "MULTIPROC_REQUIRE_CHROMIUM";

    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    /// <summary>Nothing that calls home, and no sandbox, which containers and root do not allow.</summary>
    private static readonly string[] s_arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Array.Find(s_places, File.Exists) is { } chromium)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = s_arguments });
        }
    }

    /// <summary>Opens a page without cookies.</summary>
    public async Task<IPage> Page(int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        if (_browser is null && Environment.GetEnvironmentVariable(Required) != "1")
        {
            Assert.Skip($"There is no Chromium ({string.Join(", ", s_places)}): install it, on Debian by apt-get install chromium.");
        }

        _browser.ShouldNotBeNull($"{Required} is set, but there is no {string.Join(", ", s_places)}");
        return await _browser.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, Locale = "en-US" });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>Tests of the page share one browser, and come one after the other.</summary>
[CollectionDefinition(nameof(Browsers))]
public sealed class Browsers : ICollectionFixture<BrowserFixture>;
