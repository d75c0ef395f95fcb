"""Cases of one image: from a picture, a DICOM object, a table of images, or a study of the store."""
