// A stack of slices in three planes or in relief, by niivue: the server sends NIfTI.
(async () => {
  "use strict";
  const data = JSON.parse(document.getElementById("volume-data").textContent);
  const status = document.getElementById("volume-status");
  const LOOKS = [[90, 170, 255], [255, 171, 74], [201, 165, 255], [95, 211, 211], [255, 140, 190], [230, 230, 230]];

  try {
    const view = new window.niivue.Niivue({
      backColor: [0, 0, 0, 1], show3Dcrosshair: true, isRadiologicalConvention: true, crosshairWidth: 0.4, crosshairColor: [0.43, 0.71, 1, 0.8], isColorbar: false, dragAndDropEnabled: false, logLevel: "error", loadingText: "",
    });
    await view.attachTo("volume");
    const shown = { url: data.url, name: "image.nii", colormap: "gray" };
    if (data.window) Object.assign(shown, { cal_min: data.window[0] - data.window[1] / 2, cal_max: data.window[0] + data.window[1] / 2 });
    await view.loadVolumes([shown, ...data.overlays.map((one) => ({ url: one.url, name: `${one.key}.nii`, opacity: 0.5 }))]);
    data.overlays.forEach((one, rank) => {
      const top = Math.max(...one.classes.map(([number]) => number));
      const colours = { R: [0], G: [0], B: [0], A: [0], I: [0], labels: [""] };
      for (let value = 1; value <= top; value += 1) {
        const [, label, look] = one.classes.find(([number]) => number === value) || [value, "", 5];
        colours.R.push(LOOKS[look][0]);
        colours.G.push(LOOKS[look][1]);
        colours.B.push(LOOKS[look][2]);
        colours.A.push(label ? 255 : 0);
        colours.I.push(value);
        colours.labels.push(label);
      }
      view.volumes[rank + 1].setColormapLabel(colours);
    });
    view.updateGLVolume();
    const types = { multiplanar: view.sliceTypeMultiplanar, axial: view.sliceTypeAxial, coronal: view.sliceTypeCoronal, sagittal: view.sliceTypeSagittal, render: view.sliceTypeRender };
    document.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => {
      view.setSliceType(types[button.dataset.view]);
      document.querySelectorAll("[data-view]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    }));
    document.querySelector("[data-opacity]")?.addEventListener("input", (event) => {
      data.overlays.forEach((_, rank) => view.setOpacity(rank + 1, Number(event.target.value) / 100));
    });
    status.textContent = status.dataset.ready;
    document.getElementById("volume").dataset.drawn = "true";
  } catch (error) {
    status.textContent = status.dataset.failed;
    console.warn(error);
  }
})();
